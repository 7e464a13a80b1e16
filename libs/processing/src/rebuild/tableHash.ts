import { createHash } from 'node:crypto';
import type { Sql } from '../database/connection.js';

/**
 * SHA-256 over the rows of tables in the connection's search path: each row as Postgres writes it, sorted bytewise,
 * each table under its name. Equal hashes mean equal content, whatever the order of writing.
 */
export async function tableHash(sql: Sql, tables: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const table of [...tables].sort()) {
    const { rows } = await sql.query<{ row: string }>(
      `SELECT t::text AS row FROM ${table} t ORDER BY t::text COLLATE "C"`,
    );
    hash.update(`${table} ${rows.length}\n`);
    for (const { row } of rows) hash.update(`${row}\n`);
  }
  return hash.digest('hex');
}
