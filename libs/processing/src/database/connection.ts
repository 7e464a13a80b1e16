import pg from 'pg';

/** bigint columns are offsets and counters below 2^53: read them as numbers. */
pg.types.setTypeParser(20, Number);

export type Sql = pg.PoolClient;

export function createPool(url: string, options: { max?: number; applicationName: string }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 8,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 60_000,
  });
  // An idle client that loses its server must not take the process down; the next query reports it.
  pool.on('error', () => undefined);
  return pool;
}

/** Runs `work` in one transaction; rolls back on any error. */
export async function transaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}
