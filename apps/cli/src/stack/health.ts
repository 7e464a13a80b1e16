import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, tailOf } from '@anamnesis/embedded';
import { serviceNotReady } from './errors.js';
import type { Home } from './home.js';
import type { RunRecord } from './runRecord.js';

const host = '127.0.0.1';

/** Whether `/health/ready` of a service says yes within a second. */
export async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://${host}:${port}/health/ready`, { signal: AbortSignal.timeout(1_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/**
 * Waits until a started service is ready.
 * Raised when its process ends first, or after the deadline: {@link serviceNotReady}.
 */
export async function waitUntilReady(home: Home, record: RunRecord, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  const log = home.logOf(record.name);
  while (!(await isReady(record.port))) {
    if (!isRunning(record)) throw serviceNotReady({ service: record.name, reason: lastWords(log), log });
    if (performance.now() > deadline)
      throw serviceNotReady({ service: record.name, reason: `not after ${withinMs / 1_000} s`, log });
    await sleep(50);
  }
}

/** The sentence a service leaves when it gives up is its last line that is no log record. */
function lastWords(log: string): string {
  const lines = tailOf(log, 20).split('\n');
  const sentence = lines.reverse().find(line => line.trim() !== '' && !line.startsWith('{'));
  return sentence?.trim().replace(/\.$/, '') ?? 'its process ended';
}
