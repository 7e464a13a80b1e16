import { describeError, type Logger } from '@anamnesis/telemetry';

export interface StopStep {
  readonly name: string;
  readonly deadlineMs: number;
  /** Run side by side; each is bounded by the deadline. */
  readonly work: readonly (() => unknown)[];
}

function bounded(work: () => unknown, deadlineMs: number): Promise<'done' | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(() => resolve('late'), deadlineMs);
  });
  const done = Promise.resolve()
    .then(work)
    .then(() => 'done' as const);
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

/**
 * Runs the steps of a stop one after another. A step that fails or hangs is logged and left behind: a client that
 * waits for ever during a rebalance must not hold the process until it is killed.
 */
export async function runStopSteps(
  steps: readonly StopStep[],
  logger: Logger,
  clock: () => number,
): Promise<void> {
  for (const { name, deadlineMs, work } of steps) {
    const from = clock();
    const results = await Promise.allSettled(work.map(one => bounded(one, deadlineMs)));
    const durationMs = clock() - from;
    for (const result of results)
      if (result.status === 'rejected')
        logger.warn('stop.failed', { step: name, durationMs, ...describeError(result.reason) });
      else if (result.value === 'late') logger.warn('stop.late', { step: name, durationMs });
    logger.debug('stop.step', { step: name, durationMs });
  }
}
