import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { didNotStart } from './errors.js';
import { requirePort } from './ports.js';
import { clearData, giveTo, postgresFiles, type PostgresFiles } from './postgresFiles.js';
import type { ProcessMark } from './processMark.js';
import { spawnLogged, tailOf, type Lifetime, type LoggedCommand } from './spawnLogged.js';
import { stopProcess } from './stopProcess.js';

export interface PostgresOptions {
  /** Everything the server writes but its log. A new one is initialised, an existing one continued. */
  readonly dir: string;
  readonly port: number;
  /** Password of the superuser `postgres`. */
  readonly password: string;
  readonly logFile?: string;
  readonly lifetime?: Lifetime;
  /** Called as soon as the process exists, before it is ready: note it, so that it is never lost. */
  readonly onSpawn?: (mark: ProcessMark) => Promise<void>;
  /** Settings that differ from {@link serverSettings}. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningPostgres {
  readonly mark: ProcessMark;
  readonly pid: number;
  readonly adminUrl: string;
  url(database: string, role: string, password: string): string;
  /** `fast` ends sessions and checkpoints; `immediate` is a crash: recovery at the next start. */
  stop(mode?: StopMode): Promise<void>;
}

export type StopMode = 'fast' | 'immediate';

const superuser = 'postgres';
const startWithinMs = 30_000;

/** For two cores and a handful of services with small pools; durable: no acknowledged commit waits for a flush. */
const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  synchronous_commit: 'on',
  wal_compression: 'off',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  io_method: 'sync',
  jit: 'off',
  // Append-only tables need no vacuum for every fifth more rows; analyze still runs.
  autovacuum_vacuum_insert_threshold: '100000',
  autovacuum_vacuum_insert_scale_factor: '1.0',
  // Parallel plans need shared memory that containers often cap at 64 MB, and two cores gain nothing by them.
  max_parallel_workers_per_gather: '0',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

export function postgresUrl(port: number, database: string, role: string, password: string): string {
  return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * Starts a Postgres server as a process of its own, listening on the loopback address only, and answers when it
 * takes queries. It survives us unless `lifetime` says otherwise.
 * Raised when the port is taken, no account may own the files, or it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  await requirePort(options.port, 'Postgres');
  const files = await postgresFiles(options.dir);
  const logFile = options.logFile ?? join(options.dir, 'postgres.log');
  if (!existsSync(join(options.dir, 'initialised'))) await initialise(options, files, logFile);
  const adminUrl = postgresUrl(options.port, 'postgres', superuser, options.password);
  const mark = await launch(options, files, logFile, adminUrl);
  return {
    mark,
    pid: mark.pid,
    adminUrl,
    url: (database, role, password) => postgresUrl(options.port, database, role, password),
    stop: async mode => void (await stopPostgres(mark, mode)),
  };
}

/** Ends a server that this or an earlier process started. Answers false when it was gone already. */
export async function stopPostgres(mark: ProcessMark, mode: StopMode = 'fast'): Promise<boolean> {
  const first = mode === 'fast' ? (['SIGINT', 20_000] as const) : (['SIGQUIT', 5_000] as const);
  return (await stopProcess(mark, [first, ['SIGQUIT', 5_000], ['SIGKILL', 5_000]])) !== undefined;
}

async function initialise(options: PostgresOptions, files: PostgresFiles, logFile: string): Promise<void> {
  clearData(files);
  // Beside the data, because the account must be able to read it.
  const passwordFile = `${files.dataDir}.password`;
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  giveTo(files.account, passwordFile);
  const args = [
    ...[
      '-D',
      files.dataDir,
      '-U',
      superuser,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
    ],
    // Collation that is the same on every machine: sorted output and hashes must not depend on the C library.
    ...[
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
  ];
  try {
    const run = await spawnLogged(asServer(files, files.initdb, args, logFile));
    while (run.ended() === undefined) await sleep(20);
    if (run.ended() !== 'exit code 0')
      throw didNotStart(
        { what: 'Postgres (initdb)', reason: run.ended() ?? '', log: logFile },
        tailOf(logFile),
      );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(join(options.dir, 'initialised'), '');
}

async function launch(
  options: PostgresOptions,
  files: PostgresFiles,
  logFile: string,
  adminUrl: string,
): Promise<ProcessMark> {
  const settings = Object.entries({ ...serverSettings, ...options.settings });
  const args = [
    '-D',
    files.dataDir,
    '-p',
    String(options.port),
    ...settings.flatMap(([k, v]) => ['-c', `${k}=${v}`]),
  ];
  const deadline = performance.now() + startWithinMs;
  for (;;) {
    const lifetime = options.lifetime ?? 'detached';
    const spawned = await spawnLogged({
      ...asServer(files, files.postgres, args, logFile),
      lifetime,
      orphanSignal: 'QUIT',
    });
    await options.onSpawn?.(spawned.mark);
    const failure = await waitForPostgres(adminUrl, deadline - performance.now(), () => spawned.ended());
    if (failure === undefined) return spawned.mark;
    // The children of a killed server let go of its shared memory a moment after it.
    const dying = /shared memory block|lock file ".*" already exists/.test(tailOf(logFile, 4));
    if (spawned.ended() !== undefined && dying && performance.now() < deadline) {
      await sleep(200);
      continue;
    }
    await stopPostgres(spawned.mark, 'immediate');
    throw didNotStart({ what: 'Postgres', reason: failure, log: logFile }, tailOf(logFile));
  }
}

/**
 * Asks a server until it takes queries. Answers undefined then, else why not: the last error at the deadline, or
 * what `gaveUp` says.
 */
export async function waitForPostgres(
  url: string,
  withinMs: number,
  gaveUp: () => string | undefined = () => undefined,
): Promise<string | undefined> {
  const deadline = performance.now() + withinMs;
  let reason = 'no answer';
  while (performance.now() < deadline) {
    const ended = gaveUp();
    if (ended !== undefined) return ended;
    const failure = await tryQuery(url);
    if (failure === undefined) return undefined;
    reason = failure.message;
    if (failure.code === '28P01') return 'the stored password does not belong to this data';
    await sleep(20);
  }
  return reason;
}

async function tryQuery(url: string): Promise<(Error & { code?: string }) | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function asServer(
  files: PostgresFiles,
  command: string,
  args: readonly string[],
  logFile: string,
): LoggedCommand {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  return { command, args, logFile, env, ...(files.account ? { account: files.account } : {}) };
}
