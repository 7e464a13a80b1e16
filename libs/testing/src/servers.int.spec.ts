import pg from 'pg';
import { brokerClient } from '@anamnesis/embedded';
import { testBroker, type TestBroker } from './testBroker.js';
import { testPostgres } from './testPostgres.js';

async function one(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

describe('a database for one suite', () => {
  it('belongs to a role that is no superuser, and is gone after the suite', async () => {
    const database = await testPostgres();
    expect(await one(database.url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toBe(false);
    await one(database.url, 'CREATE TABLE mine AS SELECT 1');
    await database.close();
    await expect(one(database.url, 'SELECT 1')).rejects.toThrow();
  }, 30_000);
});

describe('a cell for one suite', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await testBroker();
  }, 60_000);
  afterAll(() => broker.close());

  it('lets a service see what it is granted and nothing else', async () => {
    await broker.createTopics(['seen', { name: 'hidden', partitions: 2 }]);
    const topics = [{ topic: 'seen', operations: ['DESCRIBE'] as const }];
    await broker.grant([{ user: 'records', group: 'records', topics }]);
    const admin = brokerClient(broker.connectionAs('records')).admin();
    await admin.connect();
    const names = (await admin.listTopics()).filter(name => name.startsWith(`${broker.prefix}.`));
    await admin.disconnect();
    expect(names).toEqual([`${broker.prefix}.seen`]);
  }, 30_000);
});
