import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePorts } from './ports.js';
import { startPostgres, type RunningPostgres } from './postgres.js';

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const answer = await client.query<Record<string, unknown>>(sql);
    return Array.isArray(answer) ? [] : answer.rows;
  } finally {
    await client.end();
  }
}

describe('an embedded Postgres', () => {
  let dir: string;
  let server: RunningPostgres | undefined;
  const start = async (password = 'secret') => {
    const [port] = (await freePorts(1)) as [number];
    server = await startPostgres({ dir, port, password, lifetime: 'parent' });
    return server;
  };
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anamnesis-postgres-'));
  });
  afterAll(async () => {
    await server?.stop('immediate');
    await rm(dir, { recursive: true, force: true });
  });

  it('continues with committed data after a crash', async () => {
    const first = await start();
    await rows(first.adminUrl, 'CREATE TABLE kept AS SELECT 1 AS n');
    await first.stop('immediate');
    const second = await start();
    expect(await rows(second.adminUrl, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  }, 60_000);

  it('orders text the same on every machine', async () => {
    const sql = "SELECT string_agg(t, '' ORDER BY t) AS t FROM unnest(ARRAY['a', 'B', 'ä', 'b']) AS t";
    expect(await rows((server as RunningPostgres).adminUrl, sql)).toEqual([{ t: 'Babä' }]);
  });

  it('says so when the password does not belong to the data', async () => {
    await server?.stop();
    await expect(start('another')).rejects.toMatchObject({
      code: 'ANM_DID_NOT_START',
      facts: { reason: 'the stored password does not belong to this data' },
    });
  }, 60_000);
});
