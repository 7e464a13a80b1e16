import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { markOf, type ProcessMark } from './processMark.js';

/**
 * How long a process may live. `detached` outlives us: it is stopped by its mark. `parent` dies with us, however
 * we die: a shell beside it waits for the end of a pipe that only we hold open.
 */
export type Lifetime = 'detached' | 'parent';

export interface LoggedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly account?: { readonly uid: number; readonly gid: number };
  readonly lifetime?: Lifetime;
  /** The signal that ends a process of lifetime `parent` when the parent is gone. */
  readonly orphanSignal?: 'KILL' | 'QUIT' | 'TERM';
}

export interface Spawned {
  readonly mark: ProcessMark;
  /** Why it ended, as words; undefined while it runs. Only for a child of this very process. */
  ended(): string | undefined;
}

// A background job of sh reads /dev/null unless it is given the pipe under another number.
const tied =
  'exec 3<&0; (cat <&3 >/dev/null 2>&1; kill -$1 $$) >/dev/null 2>&1 & shift; exec "$@" </dev/null 3<&-';

/**
 * Starts a process whose output goes to the end of a log file of its own.
 * Raised when the command cannot be run at all: the system's error.
 */
export async function spawnLogged(command: LoggedCommand): Promise<Spawned> {
  mkdirSync(dirname(command.logFile), { recursive: true });
  const log = openSync(command.logFile, 'a', 0o640);
  try {
    const child = command.lifetime === 'parent' ? spawnTied(command, log) : spawnDetached(command, log);
    let ended: string | undefined;
    child.once('exit', (code, signal) => {
      ended = signal ? `ended by ${signal}` : `exit code ${code}`;
      child.stdin?.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const mark = markOf(child.pid!) ?? { pid: child.pid!, birth: 'gone' };
    return { mark, ended: () => ended };
  } finally {
    closeSync(log);
  }
}

function spawnDetached(c: LoggedCommand, log: number): ChildProcess {
  return spawn(c.command, c.args, { ...options(c), detached: true, stdio: ['ignore', log, log] });
}

function spawnTied(c: LoggedCommand, log: number): ChildProcess {
  const args = ['-c', tied, 'sh', c.orphanSignal ?? 'KILL', c.command, ...c.args];
  const child = spawn('/bin/sh', args, { ...options(c), stdio: ['pipe', log, log] });
  (child.stdin as Socket | null)?.unref();
  child.stdin?.on('error', () => undefined);
  return child;
}

function options(c: LoggedCommand) {
  return { cwd: c.cwd ?? '/', env: c.env ?? process.env, ...c.account };
}

/** The last lines of a log, for an error's reason; empty when there is no log. */
export function tailOf(logFile: string, lines = 5): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}
