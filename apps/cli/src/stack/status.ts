import { accepts, isRunning } from '@anamnesis/embedded';
import { isReady } from './health.js';
import type { Home } from './home.js';
import { readRecord, type RunRecord } from './runRecord.js';
import { everyProcess, kafka, postgres } from './services.js';

/** `ready` answers its readiness check; `running` lives and does not; `dead` should run and does not. */
export type ProcessState = 'ready' | 'running' | 'dead';

export interface ProcessStatus {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly state: ProcessState;
  readonly port: number;
}

/** Every process that `up` started and `down` has not stopped. */
export async function statusOf(home: Home): Promise<ProcessStatus[]> {
  const records = await Promise.all(everyProcess.map(name => readRecord(home, name)));
  return Promise.all(
    records
      .filter(record => record !== undefined)
      .map(async record => {
        const { name, pid, startedAt, port } = record;
        return { name, pid, startedAt, state: await stateOf(record), port };
      }),
  );
}

async function stateOf(record: RunRecord): Promise<ProcessState> {
  if (!isRunning(record)) return 'dead';
  const server = record.name === kafka || record.name === postgres;
  const answers = server ? await accepts(`127.0.0.1:${record.port}`) : await isReady(record.port);
  return answers ? 'ready' : 'running';
}
