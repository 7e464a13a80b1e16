import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, markOf, type ProcessMark } from '@anamnesis/embedded';
import { stackBusy } from './errors.js';
import type { Home } from './home.js';

/**
 * Runs `work` while nobody else starts or stops this stack. A lock whose holder is dead is taken over.
 * Raised when its holder lives: {@link stackBusy}.
 */
export async function exclusively<T>(home: Home, command: string, work: () => Promise<T>): Promise<T> {
  const file = join(home.run, 'lock');
  await mkdir(home.run, { recursive: true });
  await take(file, command);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, command: string): Promise<void> {
  for (;;)
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(JSON.stringify({ ...markOf(process.pid), command }));
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await holderOf(file);
      if (holder && isRunning(holder)) throw stackBusy({ command: holder.command, pid: holder.pid });
      await rm(file, { force: true });
    }
}

async function holderOf(file: string): Promise<(ProcessMark & { command: string }) | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessMark & { command: string };
  } catch {
    return undefined;
  }
}
