import { describeError, type Logger } from '@anamnesis/telemetry';
import { refusalOf } from './refusal.js';

export interface AwaitOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    // A signal that is aborted already fires no event any more.
    const timer = setTimeout(resolve, signal.aborted ? 0 : ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/**
 * Does one step of the start until it succeeds, with a log line for each failure and growing pauses: a server that is
 * away must not make the process crash and come back in a loop.
 * Raised when waiting cannot help ({@link refusalOf}), or when the start is given up.
 */
export async function awaitStep<T>(
  step: string,
  attempt: () => Promise<T>,
  options: AwaitOptions,
): Promise<T> {
  const { logger, signal, firstPauseMs = 300, longestPauseMs = 5_000 } = options;
  for (let count = 1; ; count += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) throw refusal;
      const retryInMs = Math.min(firstPauseMs * 2 ** (count - 1), longestPauseMs);
      const why = { ...describeError(error), frames: undefined };
      logger.warn('start.waiting', { step, attempt: count, retryInMs, ...why });
      await pause(retryInMs, signal);
    }
  }
}
