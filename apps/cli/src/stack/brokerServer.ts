import { brokerUsers } from '@anamnesis/contracts';
import {
  brokerAdmin,
  brokerLibs,
  brokerUnreachable,
  didNotStart,
  setBrokerUser,
  startBroker,
  waitForBroker,
  type BrokerConnection,
  type Secrets,
} from '@anamnesis/embedded';
import { brokerUserOf } from './environment.js';
import { brokerAdminMissing } from './errors.js';
import type { Home } from './home.js';
import { runningRecord, writeRecord } from './runRecord.js';
import { brokerPortOffset, controllerPortOffset, kafka } from './services.js';

/** The stack's broker: ours, or the one that KAFKA_BROKERS names. */
export interface BrokerServer {
  /** As administrator. */
  readonly admin: BrokerConnection;
  readonly ours: boolean;
}

/**
 * Where the broker is. Nothing is started.
 * Raised when KAFKA_BROKERS names one without an administrator: {@link brokerAdminMissing}.
 */
export function locateBroker(home: Home, secrets: Secrets, env: NodeJS.ProcessEnv): BrokerServer {
  const prefix = env['TOPIC_PREFIX'] ?? 'anm';
  const foreign = env['KAFKA_BROKERS'];
  const common = { clientId: 'anamnesis-setup', prefix };
  if (foreign === undefined || foreign === '') {
    const brokers = [`127.0.0.1:${home.portBase + brokerPortOffset}`];
    return {
      ours: true,
      admin: { ...common, brokers, username: brokerAdmin, password: secrets.broker.admin },
    };
  }
  const username = env['KAFKA_ADMIN_USERNAME'];
  const password = env['KAFKA_ADMIN_PASSWORD'];
  if (!username || !password) throw brokerAdminMissing({});
  return { ours: false, admin: { ...common, brokers: foreign.split(','), username, password } };
}

/**
 * Starts our broker when it is not running; makes sure that a foreign one answers and knows our users.
 * Answers sentences for the person at the screen.
 */
export async function ensureBroker(home: Home, server: BrokerServer, secrets: Secrets): Promise<string[]> {
  const users = brokerUsers().map(service => ({
    name: brokerUserOf(server.admin.prefix, service),
    password: secrets.broker.users[service] ?? '',
  }));
  if (!server.ours) return ensureForeign(home, server.admin, users);
  const log = home.logOf(kafka);
  if (await runningRecord(home, kafka)) {
    const failure = await waitForBroker(server.admin, 60_000);
    if (failure !== undefined) throw didNotStart({ what: 'The Kafka broker', reason: failure, log });
    return [];
  }
  const port = home.portBase + brokerPortOffset;
  await startBroker({
    dir: home.kafka,
    clientPort: port,
    controllerPort: home.portBase + controllerPortOffset,
    users,
    adminPassword: secrets.broker.admin,
    libsDir: brokerLibs(),
    logFile: log,
    onSpawn: mark => writeRecord(home, { name: kafka, ...mark, startedAt: new Date().toISOString(), port }),
  });
  return [];
}

async function ensureForeign(
  home: Home,
  admin: BrokerConnection,
  users: readonly { name: string; password: string }[],
): Promise<string[]> {
  const failure = await waitForBroker(admin, 10_000);
  if (failure !== undefined) throw brokerUnreachable({ bootstrap: admin.brokers.join(','), reason: failure });
  const lacking = [];
  for (const user of users) if (!(await canLogIn(admin, user))) lacking.push(user);
  const refused: string[] = [];
  for (const user of lacking)
    await setBrokerUser(brokerLibs(), home.secrets, admin, user).catch(() => refused.push(user.name));
  if (refused.length === 0) return [];
  return [
    `These broker users could not be created: ${refused.join(', ')}; create them as SCRAM-SHA-512 users with the passwords in ${home.secrets}/broker.json.`,
  ];
}

async function canLogIn(admin: BrokerConnection, user: { name: string; password: string }): Promise<boolean> {
  const login = { ...admin, username: user.name, password: user.password };
  return (await waitForBroker(login, 1_500)) === undefined;
}
