import { accessOf, shardCount, topicCatalogue } from '@anamnesis/contracts';
import { createKafkaWriter, type EventLogWriter } from '@anamnesis/event-log';
import { migrate, processingMigrations, createProjection, startProcessing } from '@anamnesis/processing';
import { createLogger } from '@anamnesis/telemetry';
import { testBroker, testPostgres, type TestBroker, type TestDatabase } from '@anamnesis/testing';
import type { Environment } from './environment.js';
import { unauthenticated } from './errors.js';
import { bootService, type RunningService, type ServiceDefinition } from './service.js';
import { governanceRecord, governedCell, testEnvironment } from './testing.js';

let broker: TestBroker;
let database: TestDatabase;
let administrator: EventLogWriter;
let environment: ReturnType<typeof testEnvironment>;
const lines: string[] = [];
const booted: RunningService[] = [];

beforeAll(async () => {
  [broker, database] = await Promise.all([testBroker(), testPostgres()]);
  await migrate(database.url, [processingMigrations]);
  const topics = ['governance.events', 'identity.events', 'audit.access.records'];
  const contracts = topicCatalogue().filter(topic => topics.includes(topic.name));
  await broker.createTopics(contracts.map(({ name, partitions }) => ({ name, partitions })));
  await broker.grant([
    {
      user: 'records',
      group: 'records',
      topics: accessOf('records').filter(grant => topics.includes(grant.topic)),
    },
  ]);
  administrator = createKafkaWriter(broker.connection);
  const { brokers, username, password } = broker.connectionAs('records');
  environment = testEnvironment({
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_USERNAME: username,
    KAFKA_PASSWORD: password,
    TOPIC_PREFIX: broker.prefix,
    DATABASE_URL: database.url,
    KEYS_DATABASE_URL: database.url,
  });
}, 60_000);
afterEach(async () => {
  await Promise.all(booted.splice(0).map(service => service.stop()));
}, 15_000);
afterAll(async () => {
  await administrator.close();
  environment.dispose();
  await database.close();
  await broker.close();
}, 30_000);

async function boot(
  definition: Partial<ServiceDefinition>,
  change: Environment = {},
): Promise<RunningService> {
  const service = await bootService(
    { name: 'records', ...definition },
    {
      env: { ...environment.env, ...change },
      logger: createLogger('records', { level: 'debug', write: line => void lines.push(line) }),
      verify: async () => {
        throw unauthenticated({ reason: 'no token' });
      },
    },
  );
  booted.push(service);
  return service;
}

const readyOf = async (service: RunningService): Promise<Record<string, unknown>> =>
  (await (await fetch(`${service.address}/health/ready`)).json()) as Record<string, unknown>;

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; !(await holds()); attempt += 1) {
    if (attempt === 300) throw new Error(`Not in 30 s; the log says:\n${lines.slice(-10).join('\n')}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

describe('a service on a real broker and a real Postgres', () => {
  it('gives up at once on a wrong password, of the broker or the database', async () => {
    const wrongDatabase = new URL(database.url);
    wrongDatabase.password = 'wrong';
    for (const [change, sentence] of [
      [{ KAFKA_PASSWORD: 'wrong' }, 'Kafka refuses the user or the password'],
      [{ DATABASE_URL: wrongDatabase.href }, 'Postgres refuses the password'],
    ] as const) {
      const service = await boot({}, change);
      await expect(service.started).rejects.toThrow(sentence);
    }
  }, 30_000);

  it('waits for governance, starts what it runs, is ready, and stops in order', async () => {
    const order: string[] = [];
    const service = await boot({
      async onStart(context, hold) {
        const { pool, reader, progress, clock, governance } = context;
        const seen = createProjection({
          name: 'seen',
          version: 1,
          topics: ['identity.events'],
          pool,
          keyring: context.keyring,
          fold: async () => undefined,
        });
        hold.intake('door', () => void order.push('door'));
        hold.onStop('table', () => void order.push('table'));
        hold.processing(
          await startProcessing({
            group: 'records',
            reader,
            pool,
            processors: [seen],
            progress,
            clock,
            epochOf: governance.epochOf,
            onTrouble: ({ error }) => void lines.push(error.message),
          }),
        );
      },
      onStop: () => void order.push('service'),
    });
    expect(await readyOf(service)).toMatchObject({ ready: false, state: 'starting' });
    await until(async () => lines.some(line => line.includes('ANM_TOPIC_EPOCH_UNKNOWN')));
    await administrator.append(governedCell());
    await service.started;
    await until(async () => (await readyOf(service))['ready'] === true);
    expect(service.context.governance.shardOf('north')).toBe(1);
    await service.context.ledger.record({
      tenant: 'demo',
      actor: { sub: 'nora', roles: ['clinician'] },
      purpose: 'TREAT',
      action: 'search',
      resourceType: 'Patient',
      hits: [],
      outcome: 'permit',
      decision: { policySet: 'p', policySetHash: 'h', rule: 'r', reasons: [], inputAgeMs: 0 },
    });
    const ranges = await service.context.inspector.ranges('audit.access.records');
    expect(ranges).toHaveLength(shardCount);
    expect(ranges.reduce((sum, range) => sum + range.end, 0)).toBe(1);
    await service.stop();
    expect(order).toEqual(['door', 'service', 'table']);
    expect(lines.filter(line => line.includes('stop.late') || line.includes('stop.failed'))).toEqual([]);
  }, 60_000);

  it('refuses a secrets file that contradicts the published shard map', async () => {
    await administrator.append([governanceRecord('shard-map.published.v1', { shards: { north: 3 } })]);
    const service = await boot({});
    await expect(service.started).rejects.toThrow('puts tenant north in another shard');
  }, 30_000);
});
