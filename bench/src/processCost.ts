import { readdir, readFile } from 'node:fs/promises';

/** What a group of processes has used so far. */
export interface ProcessCost {
  /** CPU milliseconds, user and system. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** Kernel clock ticks per second; 100 on every Linux that Node supports. */
const ticksPerSecond = 100;

interface Stat {
  readonly parent: number;
  readonly cpuMs: number;
}

async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    parent: Number(fields[1]),
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond,
  };
}

async function rssOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? 0) * 1_024;
}

/** Cost of a process and of its children (Postgres works in children). Undefined where /proc does not exist. */
export async function costOf(pid: number): Promise<ProcessCost | undefined> {
  const own = await statOf(pid);
  if (!own) return undefined;
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const stats = new Map(
    (await Promise.all(pids.map(async each => [each, await statOf(each)] as const))).filter(
      ([, stat]) => stat,
    ),
  );
  const family = [pid, ...[...stats].filter(([, stat]) => stat?.parent === pid).map(([child]) => child)];
  const rss = await Promise.all(family.map(rssOf));
  return {
    cpuMs: family.reduce((sum, member) => sum + (stats.get(member)?.cpuMs ?? 0), 0),
    rssBytes: rss.reduce((sum, each) => sum + each, 0),
  };
}
