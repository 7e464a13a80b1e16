// Symptom: deciding a batch grew slower with every message. Cause: on tables without statistics the planner looked each
// resource up through the index of whole types. Fix: that index is on an expression, which a lookup never matches.
import { createPool, migrate, processingMigrations } from '@anamnesis/processing';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import type pg from 'pg';

describe('looking up current resources before statistics exist', () => {
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeAll(async () => {
    database = await testPostgres();
    await migrate(database.url, [processingMigrations, new URL('../migrations/', import.meta.url)]);
    pool = createPool(database.url, { applicationName: 'test' });
    await pool.query(`ALTER TABLE res_current SET (autovacuum_enabled = false)`);
    await pool.query(
      `INSERT INTO res_current (tenant, type, id, version, seq, born, subject, body_hash, tokens)
       SELECT 'demo', 'Observation', md5(n::text), 1, n, n, md5((n / 10)::text), '', '{}' FROM generate_series(1, 20000) AS n`,
    );
  }, 60_000);

  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  it('probes the primary key', async () => {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT c.version FROM unnest($1::text[], $2::text[], $3::text[]) AS w (tenant, type, id)
         CROSS JOIN LATERAL (SELECT * FROM res_current WHERE tenant = w.tenant AND type = w.type AND id = w.id LIMIT 1) AS c`,
      [['demo'], ['Observation'], ['x']],
    );
    const plan = rows.map(row => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('res_current_pkey');
  });
});
