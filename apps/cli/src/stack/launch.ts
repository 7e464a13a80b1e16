import { existsSync } from 'node:fs';
import { requirePort, spawnLogged } from '@anamnesis/embedded';
import { environmentOf } from './environment.js';
import { serviceNotBuilt } from './errors.js';
import { isReady, waitUntilReady } from './health.js';
import { runningRecord, writeRecord, type RunRecord } from './runRecord.js';
import { entryOf, type ServiceSpec } from './services.js';

/** A larger young generation: batches live for milliseconds, and should not be copied as if they stayed. */
const nodeOptions = ['--enable-source-maps', '--max-semi-space-size=32'];

type Stack = Parameters<typeof environmentOf>[1];

/** Raised when one has no compiled entry: {@link serviceNotBuilt}, naming them all. */
export function requireBuilt(wanted: readonly ServiceSpec[]): void {
  const missing = wanted.filter(service => !existsSync(entryOf(service)));
  if (missing.length > 0)
    throw serviceNotBuilt({ services: missing.map(service => service.name).join(', ') });
}

/** Starts a service unless it runs, and waits until it is ready. Answers whether it was started now. */
export async function ensureService(stack: Stack, service: ServiceSpec): Promise<boolean> {
  const { home } = stack;
  const running = await runningRecord(home, service.name);
  if (running) {
    if (!(await isReady(running.port))) await waitUntilReady(home, running);
    return false;
  }
  const port = home.portBase + service.portOffset;
  // Wanted from here on: what cannot even be started shows as dead, not as absent.
  await writeRecord(home, neverStarted(service.name, port));
  await requirePort(port, service.name);
  const spawned = await spawnLogged({
    command: process.execPath,
    args: [...nodeOptions, entryOf(service)],
    cwd: home.root,
    env: environmentOf(service, stack),
    logFile: home.logOf(service.name),
  });
  const record = { name: service.name, ...spawned.mark, startedAt: new Date().toISOString(), port };
  await writeRecord(home, record);
  await waitUntilReady(home, record);
  return true;
}

/** The record of a process that should run and has none yet. No process has pid 0. */
function neverStarted(name: string, port: number): RunRecord {
  return { name, pid: 0, birth: 'never', startedAt: new Date().toISOString(), port };
}

/** Starts all of them at once. Raised after every one has settled: the first failure. */
export async function ensureServices(stack: Stack, wanted: readonly ServiceSpec[]): Promise<string[]> {
  const results = await Promise.allSettled(wanted.map(service => ensureService(stack, service)));
  const failed = results.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
  return wanted
    .filter((_, i) => (results[i] as PromiseFulfilledResult<boolean>).value)
    .map(service => service.name);
}
