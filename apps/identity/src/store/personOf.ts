import type pg from 'pg';

/** A person as a view over source records. */
export interface PersonView {
  readonly person: string;
  /** Source records, sorted. */
  readonly members: readonly string[];
  /** Newest epoch in which one of them moved. */
  readonly epoch: number;
}

/** The person of a source record; undefined when the tenant has no such record. */
export async function personOf(pool: pg.Pool, tenant: string, srid: string): Promise<PersonView | undefined> {
  const { rows } = await pool.query<PersonView>(
    `SELECT l.person, array_agg(l.srid ORDER BY l.srid) AS members, max(l.epoch) AS epoch
       FROM link l
      WHERE l.tenant = $1 AND l.person = (SELECT person FROM link WHERE tenant = $1 AND srid = $2)
      GROUP BY l.person`,
    [tenant, srid],
  );
  return rows[0];
}
