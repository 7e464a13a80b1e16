import { setTimeout as sleep } from 'node:timers/promises';
import type { TestStack } from '../../checks/testStack.js';
import { isReady } from '../../stack/health.js';
import type { ProcessStatus } from '../../stack/status.js';
import { patienceMs } from '../eventually.js';

/** A service as `status` tells it. Raised when it does not. */
export async function processOf(stack: TestStack, service: string): Promise<ProcessStatus> {
  const { output } = await stack.command('status', '--json');
  const line = output.split('\n').find(one => one.startsWith('{'));
  const { services } = JSON.parse(line ?? '{}') as { services?: ProcessStatus[] };
  const found = services?.find(({ name }) => name === service);
  if (!found) throw new Error(`The status of the stack does not name ${service}:\n${output}`);
  return found;
}

/** Seconds until it is ready. Raised when it never is. */
async function secondsUntilReady(port: number, since: number): Promise<number> {
  while (!(await isReady(port))) {
    if (performance.now() - since > patienceMs)
      throw new Error(`Nothing is ready on port ${port} ${patienceMs / 1_000} s after the kill`);
    await sleep(25);
  }
  return Number(((performance.now() - since) / 1_000).toFixed(1));
}

/**
 * Kills a service without a warning and has the launcher start it again; answers the seconds that it was away.
 * Raised when it does not come back as another process.
 */
export async function killAndRestart(stack: TestStack, { name, pid, port }: ProcessStatus): Promise<number> {
  process.kill(pid, 'SIGKILL');
  const killedAt = performance.now();
  while (await isReady(port)) await sleep(5);
  const [up, secondsAway] = await Promise.all([
    stack.command('up', '--detach', '--no-simulator'),
    secondsUntilReady(port, killedAt),
  ]);
  const after = await processOf(stack, name);
  if (up.exitCode !== 0 || after.pid === pid) throw new Error(`${name} was not started again:\n${up.output}`);
  return secondsAway;
}
