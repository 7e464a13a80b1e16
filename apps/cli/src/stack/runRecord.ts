import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRunning, type ProcessMark } from '@anamnesis/embedded';
import type { Home } from './home.js';

/** What is known of a process that `up` started: `run/<name>.json`. Exists from start until `down`. */
export interface RunRecord extends ProcessMark {
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly port: number;
}

export async function writeRecord(home: Home, record: RunRecord): Promise<void> {
  const file = home.recordOf(record.name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(record)}\n`);
  await rename(`${file}.new`, file);
}

export async function readRecord(home: Home, name: string): Promise<RunRecord | undefined> {
  try {
    return JSON.parse(await readFile(home.recordOf(name), 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

export async function dropRecord(home: Home, name: string): Promise<void> {
  await rm(home.recordOf(name), { force: true });
}

/** The record of a process that still runs, and is not merely another one under the same pid. */
export async function runningRecord(home: Home, name: string): Promise<RunRecord | undefined> {
  const record = await readRecord(home, name);
  return record && isRunning(record) ? record : undefined;
}
