import type pg from 'pg';

/** Tables that folding `records.events` alone must restore, with the order in which their rows are hashed. */
export const recordTables: Readonly<Record<string, string>> = {
  res_current: 'tenant, type, id',
  res_version: 'tenant, type, id, version',
  merged: 'tenant, replaced',
  pending_part: 'tenant, correlation_id, n',
};

export interface TableHash {
  readonly rows: number;
  /** SHA-256 over the hashes of the rows' text, in key order; hex. */
  readonly hash: string;
}

/** Content hash of each table in the schema that the session looks at. */
export async function hashTables(
  sql: pg.ClientBase,
  tables: Readonly<Record<string, string>> = recordTables,
): Promise<Record<string, TableHash>> {
  const hashes: Record<string, TableHash> = {};
  for (const [table, order] of Object.entries(tables)) {
    const { rows } = await sql.query<TableHash>(
      `SELECT count(*) AS rows,
              encode(sha256(coalesce(string_agg(sha256(convert_to(t::text, 'UTF8')), ''::bytea ORDER BY ${order}), '')), 'hex') AS hash
         FROM ${table} t`,
    );
    hashes[table] = rows[0] ?? { rows: 0, hash: '' };
  }
  return hashes;
}
