import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessMark } from './processMark.js';

/** A signal and how long, in milliseconds, the process may take to end after it. */
export type StopStep = readonly [signal: NodeJS.Signals, graceMs: number];

export const politely: readonly StopStep[] = [
  ['SIGTERM', 10_000],
  ['SIGKILL', 5_000],
];

/**
 * Sends each signal in turn until the marked process is gone. Answers the signal that ended it, or `undefined`
 * when it was gone already. Never signals another process that inherited the pid.
 * Raised when even the last signal has no effect within its grace: an Error that names the pid.
 */
export async function stopProcess(
  mark: ProcessMark,
  steps: readonly StopStep[] = politely,
): Promise<NodeJS.Signals | undefined> {
  for (const [signal, graceMs] of steps) {
    if (!signalProcess(mark, signal)) return undefined;
    const deadline = performance.now() + graceMs;
    while (performance.now() < deadline) {
      if (!isRunning(mark)) return signal;
      await sleep(25);
    }
  }
  throw new Error(`Process ${mark.pid} did not end after ${steps.map(step => step[0]).join(', ')}.`);
}

/** Sends one signal to the marked process; false when it no longer runs. */
export function signalProcess(mark: ProcessMark, signal: NodeJS.Signals): boolean {
  if (!isRunning(mark)) return false;
  try {
    return process.kill(mark.pid, signal);
  } catch {
    return false;
  }
}
