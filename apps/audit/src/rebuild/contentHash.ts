import { createHash } from 'node:crypto';
import type { Sql } from '@anamnesis/processing';

const chunk = 5_000;

/**
 * SHA-256 (hex) of a table's content: its rows as Postgres writes them, sorted as text, one per line. Streams through
 * a server-side cursor, so the table may be larger than memory. Call inside a transaction.
 */
export async function contentHash(
  sql: Sql,
  schema: string,
  table: string,
): Promise<{ hash: string; rows: number }> {
  const hash = createHash('sha256');
  let rows = 0;
  await sql.query(
    `DECLARE content CURSOR FOR SELECT t::text AS row FROM "${schema}"."${table}" t ORDER BY t::text COLLATE "C"`,
  );
  for (;;) {
    const page = await sql.query<{ row: string }>(`FETCH ${chunk} FROM content`);
    for (const { row } of page.rows) hash.update(`${row}\n`);
    rows += page.rows.length;
    if (page.rows.length < chunk) break;
  }
  await sql.query('CLOSE content');
  return { hash: hash.digest('hex'), rows };
}
