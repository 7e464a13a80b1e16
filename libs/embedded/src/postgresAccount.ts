import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { noPostgresAccount } from './errors.js';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** For what the server's account cannot reach in the checkout. Only root comes here, so the folder can be made. */
const outside = '/var/lib/anamnesis';

/**
 * The account Postgres runs as, because it refuses to run as root; undefined: as ourselves. Root runs it as the
 * owner of existing data, else as `postgres`, which is created when the system lacks it.
 * Raised when there is no such account ({@link noPostgresAccount}).
 */
export function serverAccount(dataDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const account = ownerOf(dataDir) ?? idsOf('postgres') ?? created();
  if (account === undefined) throw noPostgresAccount({});
  return account;
}

/**
 * `path`, when the account can reach it; else a folder of the same purpose outside the checkout. A checkout below
 * a closed folder such as /root is common in containers, and opening that folder to everyone is not ours to do.
 */
export function reachableFolder(account: Account | undefined, path: string): string {
  if (canEnter(account, path)) return path;
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  const folder = join(outside, name);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}

/** The folder of the server's programs, copied once to where the account can run them if need be. */
export function reachablePrograms(account: Account | undefined, folder: string): string {
  if (canEnter(account, folder)) return folder;
  const copy = reachableFolder(account, `${folder}@${statSync(join(folder, 'bin', 'postgres')).mtimeMs}`);
  const programs = join(copy, 'native');
  if (existsSync(programs)) return programs;
  const partial = join(copy, `native.${process.pid}`);
  cpSync(folder, partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, programs);
  } catch {
    // Another start was quicker: its copy is as good.
    rmSync(partial, { recursive: true, force: true });
  }
  return programs;
}

function canEnter(account: Account | undefined, path: string): boolean {
  if (account === undefined) return true;
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { ...account, cwd: '/', stdio: 'ignore' }).status ===
    0
  );
}

function ownerOf(dataDir: string): Account | undefined {
  try {
    const { uid, gid } = statSync(dataDir);
    return uid === 0 ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

function created(): Account | undefined {
  spawnSync('groupadd', ['--system', 'postgres']);
  spawnSync('useradd', ['--system', '--no-create-home', '-g', 'postgres', 'postgres']);
  return idsOf('postgres');
}

function idsOf(name: string): Account | undefined {
  const number = (flag: string) => {
    const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return answer.status === 0 ? Number(answer.stdout) : undefined;
  };
  const uid = number('-u');
  const gid = number('-g');
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
}
