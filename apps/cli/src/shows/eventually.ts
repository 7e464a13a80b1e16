import { setTimeout as sleep } from 'node:timers/promises';

/** How long a show waits for what the stack owes it before it reports what it found instead. */
export const patienceMs = 120_000;

/** Asks again and again until the answer will do or the time is over; answers the last one, whatever it was. */
export async function eventually<T>(
  ask: () => Promise<T>,
  willDo: (answer: T) => boolean,
  milliseconds = patienceMs,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (willDo(answer) || Date.now() > end) return answer;
    await sleep(100);
  }
}
