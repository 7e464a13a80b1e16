import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const lockId = 770_001;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly hash: string;
}

async function migrationsIn(folder: string | URL): Promise<Migration[]> {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  const names = (await readdir(path)).filter(name => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async name => {
      const sql = await readFile(join(path, name), 'utf8');
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Brings a database to the newest schema: each SQL file once, in the order of folders and names, under an
 * advisory lock, each in its own transaction.
 * Raised when a file that already ran has changed since: write a new migration instead.
 */
export async function migrate(url: string, folders: readonly (string | URL)[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'anamnesis-migrate' });
  await client.connect();
  const applied: string[] = [];
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockId]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string; hash: string }>('SELECT name, hash FROM migration');
    const known = new Map(rows.map(row => [row.name, row.hash]));
    for (const folder of folders)
      for (const { name, sql, hash } of await migrationsIn(folder)) {
        const ran = known.get(name);
        if (ran === hash) continue;
        if (ran !== undefined)
          throw new Error(`Migration ${name} changed after it ran: add a new migration instead.`);
        await client.query('BEGIN');
        await client.query(sql);
        await client.query('INSERT INTO migration (name, hash) VALUES ($1, $2)', [name, hash]);
        await client.query('COMMIT');
        applied.push(name);
      }
    return applied;
  } finally {
    await client.end();
  }
}

/** Schema that every processing service needs, before its own migrations. */
export const processingMigrations = new URL('../migrations/', import.meta.url);
