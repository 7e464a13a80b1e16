import type pg from 'pg';

/** One line of the access ledger. */
export interface AccessRow {
  readonly at: string;
  readonly eventId: string;
  readonly service: string;
  readonly actor: string;
  readonly roles: readonly string[];
  readonly purpose: string;
  readonly action: string;
  readonly outcome: 'permit' | 'deny';
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly hits: readonly string[];
  readonly decision: Readonly<Record<string, unknown>>;
}

export interface AccessQuery {
  /** A source record: everything about it counts. */
  readonly srid?: string;
  /** `Type/id`. */
  readonly resource?: string;
  /** RFC 3339; only accesses before it, for the next page. */
  readonly before?: string;
  readonly limit: number;
}

const columns = `to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, event_id AS "eventId", service, actor,
  roles, purpose, action, outcome, resource_type AS "resourceType", resource_id AS "resourceId", hits, decision`;

/** Accesses to a source record or a resource, newest first. */
export async function accessesTo(pool: pg.Pool, tenant: string, query: AccessQuery): Promise<AccessRow[]> {
  const { rows } = await pool.query<AccessRow>(
    `WITH about AS (
       SELECT $3::text AS name WHERE $3 IS NOT NULL
       UNION SELECT 'Patient/' || $2::text WHERE $2 IS NOT NULL
       UNION SELECT type || '/' || id FROM resource_origin WHERE tenant = $1 AND subject = $2)
     SELECT ${columns} FROM access
      WHERE tenant = $1 AND at < coalesce($4::timestamptz, 'infinity')
        AND (srid = $2 OR hits && ARRAY(SELECT name FROM about)
             OR resource_type || '/' || resource_id IN (SELECT name FROM about))
      ORDER BY at DESC, topic, partition, "offset" DESC LIMIT $5`,
    [tenant, query.srid ?? null, query.resource ?? null, query.before ?? null, query.limit],
  );
  return rows;
}
