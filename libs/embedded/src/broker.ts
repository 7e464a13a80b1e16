import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerConnection } from './brokerClient.js';
import { archiveFlags } from './archiveFlags.js';
import { brokerProperties, formatArguments } from './brokerConfig.js';
import { brokerTool } from './brokerTool.js';
import { knownUsers, rememberUsers, setBrokerUser, type BrokerUser } from './brokerUsers.js';
import { didNotStart } from './errors.js';
import { brokerClasspath, requireJava } from './java.js';
import { requirePort } from './ports.js';
import type { ProcessMark } from './processMark.js';
import { spawnLogged, tailOf, type Lifetime, type Spawned } from './spawnLogged.js';
import { signalProcess, stopProcess } from './stopProcess.js';
import { waitForBroker } from './waitForBroker.js';

export interface BrokerOptions {
  /** Everything the broker writes but its log: settings and data. Formatted when new, continued when not. */
  readonly dir: string;
  readonly clientPort: number;
  readonly controllerPort: number;
  /** SCRAM users beside `admin`. Users that an older directory does not know yet are added after the start. */
  readonly users: readonly BrokerUser[];
  readonly adminPassword: string;
  /** Folder with the jars of deploy/embedded/pom.xml. */
  readonly libsDir: string;
  readonly logFile?: string;
  readonly heapMb?: number;
  readonly lifetime?: Lifetime;
  /** Called as soon as the process exists, before it is ready: note it, so that it is never lost. */
  readonly onSpawn?: (mark: ProcessMark) => Promise<void>;
  readonly jvmFlags?: readonly string[];
  readonly nodes?: 1;
}

export interface RunningBroker {
  readonly bootstrap: string;
  readonly admin: { readonly username: string; readonly password: string };
  readonly mark: ProcessMark;
  readonly pid: number;
  /** Ends the broker in order; after 20 s by force. */
  stop(): Promise<void>;
  /** Sends one signal: SIGKILL to crash it, SIGSTOP and SIGCONT to freeze it. */
  kill(signal: NodeJS.Signals): void;
}

export const brokerAdmin = 'admin';
const startWithinMs = 60_000;

/**
 * Starts a one-node broker as a process of its own, SCRAM-SHA-512 and ACLs on, and answers when it is ready.
 * It survives us unless `lifetime` says otherwise.
 * Raised when there is no Java ({@link requireJava}), no jars, a port is taken, or it does not come up.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  await requirePort(options.clientPort, 'the Kafka broker');
  await requirePort(options.controllerPort, 'the Kafka controller');
  const java = await requireJava();
  const classpath = brokerClasspath(options.libsDir);
  const propertiesFile = await prepare(options);
  const logFile = options.logFile ?? join(options.dir, 'broker.log');
  const spawned = await spawnLogged({
    command: java,
    args: [...jvmFlags(options), '-cp', classpath, 'kafka.Kafka', propertiesFile],
    cwd: options.dir,
    logFile,
    lifetime: options.lifetime ?? 'detached',
  });
  await options.onSpawn?.(spawned.mark);
  const connection = adminConnection(options);
  const failure = await waitForBroker(connection, startWithinMs, () => spawned.ended());
  if (failure !== undefined) throw await notStarted(spawned, failure, logFile);
  await addLateUsers(options).catch(async error => {
    await stopBroker(spawned.mark);
    throw error;
  });
  return {
    bootstrap: connection.brokers.join(','),
    admin: { username: brokerAdmin, password: options.adminPassword },
    mark: spawned.mark,
    pid: spawned.mark.pid,
    stop: async () => void (await stopBroker(spawned.mark)),
    kill: signal => void signalProcess(spawned.mark, signal),
  };
}

/** Ends a broker that this or an earlier process started. Answers false when it was gone already. */
export async function stopBroker(mark: ProcessMark): Promise<boolean> {
  const ended = await stopProcess(mark, [
    ['SIGTERM', 20_000],
    ['SIGKILL', 5_000],
  ]);
  return ended !== undefined;
}

function adminConnection(options: BrokerOptions): BrokerConnection {
  return {
    brokers: [`127.0.0.1:${options.clientPort}`],
    clientId: 'anamnesis-embedded',
    username: brokerAdmin,
    password: options.adminPassword,
    prefix: '',
  };
}

function jvmFlags(options: BrokerOptions): string[] {
  return [
    '-Xms128m',
    `-Xmx${options.heapMb ?? 512}m`,
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    ...(options.jvmFlags ?? archiveFlags(options.libsDir)),
  ];
}

/** Writes the settings; formats the data directory when it was never formatted to the end. */
async function prepare(options: BrokerOptions): Promise<string> {
  const dataDir = join(options.dir, 'data');
  const propertiesFile = join(options.dir, 'server.properties');
  const formatted = join(options.dir, 'formatted');
  await mkdir(options.dir, { recursive: true });
  await chmod(options.dir, 0o700);
  const admin = { name: brokerAdmin, password: options.adminPassword };
  await writeFile(
    propertiesFile,
    brokerProperties({ ...options, dataDir, admin: { username: admin.name, password: admin.password } }),
    { mode: 0o600 },
  );
  if (existsSync(formatted)) return propertiesFile;
  await rm(dataDir, { recursive: true, force: true });
  const users = [admin, ...options.users];
  const argumentsFile = join(options.dir, 'format.arguments');
  const clusterId = newClusterId();
  await writeFile(argumentsFile, formatArguments(clusterId, propertiesFile, users), { mode: 0o600 });
  try {
    await brokerTool(options.libsDir, 'kafka.tools.StorageTool', ['format', `@${argumentsFile}`]);
  } finally {
    await rm(argumentsFile, { force: true });
  }
  await rememberUsers(options.dir, users);
  await writeFile(formatted, `${clusterId}\n`);
  return propertiesFile;
}

/** 16 random bytes in base64url that do not begin with `-`, which the tool would take for an option. */
function newClusterId(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('base64url');
}

async function addLateUsers(options: BrokerOptions): Promise<void> {
  const known = await knownUsers(options.dir);
  const late = options.users.filter(user => !known.includes(user));
  for (const user of late) await setBrokerUser(options.libsDir, options.dir, adminConnection(options), user);
  if (late.length > 0) await rememberUsers(options.dir, options.users);
}

async function notStarted(spawned: Spawned, failure: string, logFile: string): Promise<Error> {
  await stopBroker(spawned.mark);
  const said = tailOf(logFile, 3);
  return didNotStart({ what: 'The Kafka broker', reason: failure, log: logFile }, new Error(said));
}
