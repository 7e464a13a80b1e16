import type pg from 'pg';
import { createPool, migrate, processingMigrations } from '@anamnesis/processing';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import { createEarlierReceipts, findSql } from './earlierReceipts.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await testPostgres();
  await migrate(database.url, [processingMigrations, new URL('../migrations/', import.meta.url)]);
  pool = createPool(database.url, { applicationName: 'test', max: 1 });
}, 60_000);
afterAll(async () => {
  await pool?.end();
  await database?.close();
});

const query = (content: string, control: string) => ({
  tenant: 'demo',
  interfaceId: 'feed',
  content,
  control,
  since: 0,
});

async function store(
  tenant: string,
  event: string,
  facts: { content: string; control?: string; attempt?: number; part?: number; parts?: number; at?: number },
): Promise<void> {
  const { content, control = 'k', attempt = 1, part = 1, parts = 1, at = 1 } = facts;
  await pool.query(
    `INSERT INTO received_message VALUES ($1, $2, $3, 'feed', $4, $5, $6, $7, $8, 'ADT^A01', 's', 'p',
       '2026-01-01T00:00:00Z', $9, 0, 0)`,
    [tenant, `${event}.${part}`, event, control, content, attempt, part, parts, at],
  );
}

describe('the stored answers', () => {
  it('probe indexes by hash, even by a plan that was made while the tables were empty', async () => {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN ${findSql.replace(/\$[1-4]::text\[\]/g, "ARRAY['x']").replace('$5::bigint[]', 'ARRAY[0::bigint]')}`,
    );
    const plan = rows.map(row => row['QUERY PLAN']).join('\n');
    expect(plan).not.toContain('Seq Scan');
    for (const index of ['received_message_content', 'refused_message_content', 'received_message_control'])
      expect(plan).toContain(index);
    expect(plan).toMatch(/Index Cond: \(?\(?content_hash/);
  });

  it('gather the parts of a message, and see that one of them failed', async () => {
    await store('demo', 'm1', { content: 'x', part: 1, parts: 2 });
    await store('demo', 'm1', { content: 'x', part: 2, parts: 2 });
    const earlier = createEarlierReceipts(pool);
    const [before] = await earlier.find([query('x', 'k')]);
    expect(before).toMatchObject([{ attempt: 1, state: 'accepted', of: 2, at: 1 }]);
    expect([...(before?.[0]?.parts ?? [])].sort()).toEqual([1, 2]);
    await pool.query(
      "INSERT INTO failed_message VALUES ('demo', 'm1.2', 'translation', 'no-map', 'parked', 1)",
    );
    expect((await earlier.find([query('x', 'k')]))[0]).toMatchObject([{ state: 'failed' }]);
    expect(await earlier.failed([{ tenant: 'demo', id: 'm1.2' }])).toEqual(new Set(['m1.2']));
    expect(await earlier.failed([{ tenant: 'north', id: 'm1.2' }])).toEqual(new Set());
  });

  it('tell a used control id by one row, and keep tenants apart', async () => {
    for (let n = 0; n < 5; n += 1)
      await store('demo', `u${n}`, { content: `u${n}`, control: 'used', at: 50 });
    await store('north', 'n1', { content: 'n1', control: 'north' });
    const earlier = createEarlierReceipts(pool);
    const [used, old, other] = await earlier.find([
      query('new', 'used'),
      { ...query('new', 'used'), since: 51 },
      query('n1', 'north'),
    ]);
    expect(used).toHaveLength(1);
    expect(old).toEqual([]);
    expect(other).toEqual([]);
  });
});
