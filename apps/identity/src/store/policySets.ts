import type { Sql } from '@anamnesis/processing';

/** True when this shard has not announced the policy set before; it has now. */
export async function announcePolicySet(sql: Sql, shard: number, hash: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    'INSERT INTO policy_set_announced (shard, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [shard, hash],
  );
  return rowCount === 1;
}
