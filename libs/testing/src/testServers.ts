import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerUsers } from '@anamnesis/contracts';
import {
  brokerLibs,
  freePorts,
  removePostgres,
  startBroker,
  startPostgres,
  wakeCoordinator,
} from '@anamnesis/embedded';

/** Where a broker for tests is, and who may log in: the administrator and one user per service of the contracts. */
export interface BrokerFacts {
  readonly brokers: string;
  readonly username: string;
  readonly password: string;
  /** Service name to password; the user's name is the service's. */
  readonly users: Readonly<Record<string, string>>;
}

export interface Started<T> {
  readonly facts: T;
  stop(): Promise<void>;
}

/** Both servers of a test run, as the variables that {@link testBroker} and {@link testPostgres} look for. */
export interface TestServers {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const testServerVariables = {
  brokers: 'TEST_KAFKA_BROKERS',
  username: 'TEST_KAFKA_USERNAME',
  password: 'TEST_KAFKA_PASSWORD',
  users: 'TEST_KAFKA_USERS',
  postgres: 'TEST_POSTGRES_URL',
} as const;

/**
 * Starts one broker and one Postgres on free ports with data in a temporary folder, for all suites of a run.
 * They end with us in any case; `stop` also removes the folder.
 * Raised when Java or the broker's jars are missing, each with the way out.
 */
export async function startTestServers(): Promise<TestServers> {
  const [broker, postgres] = await Promise.allSettled([startTestBroker(), startTestPostgres()]);
  if (broker.status === 'rejected' || postgres.status === 'rejected') {
    for (const one of [broker, postgres]) if (one.status === 'fulfilled') await one.value.stop();
    throw [broker, postgres].find(one => one.status === 'rejected')?.reason;
  }
  const names = testServerVariables;
  const { brokers, username, password, users } = broker.value.facts;
  return {
    env: {
      [names.brokers]: brokers,
      [names.username]: username,
      [names.password]: password,
      [names.users]: JSON.stringify(users),
      [names.postgres]: postgres.value.facts,
    },
    stop: async () => {
      await Promise.all([broker.value.stop(), postgres.value.stop()]);
    },
  };
}

export async function startTestBroker(): Promise<Started<BrokerFacts>> {
  const dir = await mkdtemp(join(tmpdir(), 'anamnesis-test-kafka-'));
  const secret = () => randomBytes(12).toString('hex');
  const users = brokerUsers().map(name => ({ name, password: secret() }));
  try {
    const [clientPort, controllerPort] = (await freePorts(2)) as [number, number];
    const broker = await startBroker({
      dir,
      clientPort,
      controllerPort,
      users,
      adminPassword: secret(),
      libsDir: brokerLibs(),
      heapMb: 384,
      lifetime: 'parent',
    });
    await wakeCoordinator({ clientId: 'test', brokers: [broker.bootstrap], ...broker.admin, prefix: 'test' });
    const facts = {
      brokers: broker.bootstrap,
      ...broker.admin,
      users: Object.fromEntries(users.map(user => [user.name, user.password])),
    };
    return { facts, stop: () => broker.stop().finally(() => remove(dir)) };
  } catch (error) {
    remove(dir);
    throw error;
  }
}

export async function startTestPostgres(): Promise<Started<string>> {
  const dir = await mkdtemp(join(tmpdir(), 'anamnesis-test-postgres-'));
  try {
    const [port] = (await freePorts(1)) as [number];
    const password = randomBytes(12).toString('hex');
    // Test data may be lost with the machine: no waiting for disks.
    const settings = { fsync: 'off', full_page_writes: 'off' };
    const server = await startPostgres({ dir, port, password, settings, lifetime: 'parent' });
    return {
      facts: server.adminUrl,
      stop: () => server.stop('immediate').finally(() => removePostgres(dir)),
    };
  } catch (error) {
    removePostgres(dir);
    throw error;
  }
}

function remove(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}
