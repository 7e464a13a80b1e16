import type pg from 'pg';

/** A row of `hop` as lineage reads it. */
export interface HopRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly logPartition: number;
  readonly logOffset: number;
  readonly eventId: string;
  readonly type: string;
  readonly producer: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly plan: string | null;
  readonly hash: string;
  readonly size: number;
  readonly facts: Readonly<Record<string, string>>;
}

const columns = `topic, partition, "offset", (extract(epoch FROM append_time) * 1000)::bigint AS time,
  log_partition AS "logPartition", log_offset AS "logOffset", event_id AS "eventId", type, producer,
  correlation_id AS "correlationId", causation_id AS "causationId", plan, encode(ciphertext_hash, 'hex') AS hash, size, facts`;

/** Every event of one message, accesses to it left out. */
export async function hopsOf(pool: pg.Pool, tenant: string, correlationId: string): Promise<HopRow[]> {
  const { rows } = await pool.query<HopRow>(
    `SELECT ${columns} FROM hop
      WHERE correlation_id = $1 AND tenant = $2 AND topic NOT LIKE 'audit.access.%' LIMIT 5000`,
    [correlationId, tenant],
  );
  return rows;
}

/** Where a page of hops begins: after this row. */
export interface HopPage {
  /** Epoch milliseconds; only hops appended at or after it. */
  readonly since: number;
  readonly after?: {
    readonly time: number;
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
  };
  readonly limit: number;
}

/** Hops of a tenant in order of append time, a page at a time. */
export async function hopsSince(pool: pg.Pool, tenant: string, page: HopPage): Promise<HopRow[]> {
  const { since, limit } = page;
  const after = page.after ?? { time: since, topic: '', partition: -1, offset: -1 };
  const { rows } = await pool.query<HopRow>(
    `SELECT ${columns} FROM hop
      WHERE tenant = $1 AND append_time >= to_timestamp($2::bigint / 1000.0)
        AND (append_time, topic, partition, "offset") > (to_timestamp($2::bigint / 1000.0), $3::text, $4::int, $5::bigint)
      ORDER BY append_time, topic, partition, "offset" LIMIT $6`,
    [tenant, after.time, after.topic, after.partition, after.offset, limit],
  );
  return rows;
}
