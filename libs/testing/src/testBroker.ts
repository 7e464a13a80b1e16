import { randomBytes } from 'node:crypto';
import { provisionAcls, provisionTopics, type BrokerConnection, type UserGrants } from '@anamnesis/embedded';

import { startTestBroker, testServerVariables, type BrokerFacts } from './testServers.js';

export interface TestTopic {
  readonly name: string;
  readonly partitions?: number;
  readonly cleanup?: 'delete' | 'compact';
}

/** A cell of one suite's own on a real broker with SCRAM and ACLs: its topics share a prefix nobody else has. */
export interface TestBroker {
  readonly prefix: string;
  /** As administrator, whom no ACL holds back. */
  readonly connection: BrokerConnection;
  /** As a service of the contracts (gateway, records, …), who may do what {@link grant} allows. */
  connectionAs(service: string, password?: string): BrokerConnection;
  /** Creates topics (names without prefix, 1 partition unless said) and waits until they have leaders. */
  createTopics(topics: readonly (string | TestTopic)[]): Promise<void>;
  grant(users: readonly UserGrants[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * A cell on the run's broker; on a broker started here when the runner gave none (2 to 3 s).
 * Call in `beforeAll`, close in `afterAll`.
 */
export async function testBroker(): Promise<TestBroker> {
  const given = factsFrom(process.env);
  const own = given === undefined ? await startTestBroker() : undefined;
  const facts = given ?? (own as { facts: BrokerFacts }).facts;
  const prefix = `t${randomBytes(5).toString('hex')}`;
  const login = (username: string, password: string): BrokerConnection => ({
    brokers: facts.brokers.split(','),
    clientId: `test-${username}`,
    username,
    password,
    prefix,
  });
  const connection = login(facts.username, facts.password);
  return {
    prefix,
    connection,
    connectionAs: (service, password) => login(service, password ?? facts.users[service] ?? ''),
    createTopics: async topics => {
      await provisionTopics(connection, topics.map(specOf), {
        newEpoch: () => randomBytes(8).toString('hex'),
      });
    },
    grant: async users => {
      await provisionAcls(connection, users);
    },
    close: async () => {
      await own?.stop();
    },
  };
}

function factsFrom(env: NodeJS.ProcessEnv): BrokerFacts | undefined {
  const names = testServerVariables;
  const brokers = env[names.brokers];
  if (brokers === undefined) return undefined;
  return {
    brokers,
    username: env[names.username] ?? '',
    password: env[names.password] ?? '',
    users: JSON.parse(env[names.users] ?? '{}') as Record<string, string>,
  };
}

function specOf(topic: string | TestTopic) {
  const { name, partitions = 1, cleanup = 'delete' } = typeof topic === 'string' ? { name: topic } : topic;
  return { name, partitions, cleanup, retentionMs: -1, maxMessageBytes: 17 * 1024 * 1024 } as const;
}
