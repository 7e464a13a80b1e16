import type pg from 'pg';

export interface LaneGap {
  readonly topic: string;
  readonly partition: number;
  readonly producer: string;
  readonly first: number;
  readonly last: number;
  readonly missing: number;
}

export interface EdgeGap {
  readonly producer: string;
  readonly incarnation: string;
  readonly first: number;
  readonly last: number;
  readonly missing: number;
}

export interface OrphanView {
  readonly eventId: string;
  readonly type: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly causationId: string;
}

export interface UnaccountedView {
  readonly id: string;
  readonly eventId: string;
  readonly interface: string;
  readonly receivedAt: string;
}

/** Answer of `GET /completeness`. Samples are bounded, counts are not. */
export interface Completeness {
  readonly since: string;
  readonly until: string;
  readonly complete: boolean;
  /** Numbers missing in a decider's lane: a decided output never left or was removed. */
  readonly laneGaps: readonly LaneGap[];
  /** Numbers missing in one run of a process at the edge. */
  readonly edgeGaps: readonly EdgeGap[];
  /** Events whose cause is no event of the same message. */
  readonly orphans: { readonly count: number; readonly samples: readonly OrphanView[] };
  /** Received messages (parts) without a decision and without an exception. */
  readonly unaccounted: { readonly count: number; readonly samples: readonly UnaccountedView[] };
}

function orphanView({ eventId, type, topic, partition, offset, causationId }: OrphanView): OrphanView {
  return { eventId, type, topic, partition, offset, causationId };
}

function unaccountedView({ id, eventId, interface: name, receivedAt }: UnaccountedView): UnaccountedView {
  return { id, eventId, interface: name, receivedAt };
}

const sampleSize = 100;
const window = 'append_time >= $1::timestamptz AND append_time < $2::timestamptz';

async function laneGaps(pool: pg.Pool, range: readonly string[]): Promise<LaneGap[]> {
  const { rows } = await pool.query<LaneGap>(
    `SELECT topic, partition, producer, min(lane_seq) AS first, max(lane_seq) AS last,
            max(lane_seq) - min(lane_seq) + 1 - count(DISTINCT lane_seq) AS missing
       FROM hop WHERE ${window} AND lane_seq IS NOT NULL
      GROUP BY topic, partition, producer
     HAVING max(lane_seq) - min(lane_seq) + 1 <> count(DISTINCT lane_seq) ORDER BY topic, partition, producer`,
    [...range],
  );
  return rows;
}

async function edgeGaps(pool: pg.Pool, range: readonly string[]): Promise<EdgeGap[]> {
  const { rows } = await pool.query<EdgeGap>(
    `SELECT producer, split_part(edge_seq, ':', 1) AS incarnation, min(n) AS first, max(n) AS last,
            max(n) - min(n) + 1 - count(DISTINCT n) AS missing
       FROM (SELECT producer, edge_seq, split_part(edge_seq, ':', 2)::bigint AS n
               FROM hop WHERE ${window} AND edge_seq ~ '^[0-9a-z]+:[0-9]{1,18}$') e
      GROUP BY producer, split_part(edge_seq, ':', 1)
     HAVING max(n) - min(n) + 1 <> count(DISTINCT n) ORDER BY producer, incarnation`,
    [...range],
  );
  return rows;
}

async function orphans(
  pool: pg.Pool,
  tenant: string,
  range: readonly string[],
): Promise<Completeness['orphans']> {
  const { rows } = await pool.query<OrphanView & { total: number }>(
    `SELECT event_id AS "eventId", type, topic, partition, "offset", causation_id AS "causationId", count(*) OVER () AS total
       FROM hop h
      WHERE ${window} AND tenant = $3 AND causation_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM hop c WHERE c.correlation_id = h.correlation_id AND c.event_id = h.causation_id)
      LIMIT ${sampleSize}`,
    [...range, tenant],
  );
  return { count: rows[0]?.total ?? 0, samples: rows.map(orphanView) };
}

async function unaccounted(
  pool: pg.Pool,
  tenant: string,
  range: readonly string[],
): Promise<Completeness['unaccounted']> {
  const { rows } = await pool.query<UnaccountedView & { total: number }>(
    `SELECT correlation_id AS id, event_id AS "eventId", interface,
            to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "receivedAt", count(*) OVER () AS total
       FROM message_index m
      WHERE received_at >= $1::timestamptz AND received_at < $2::timestamptz AND tenant = $3
        AND (SELECT count(DISTINCT event_id) FROM hop h
              WHERE h.correlation_id = m.correlation_id AND h.type = 'records.decided.v1') < m.parts
        AND NOT EXISTS (SELECT FROM exception_item x WHERE x.tenant = m.tenant AND x.correlation_id = m.correlation_id)
      LIMIT ${sampleSize}`,
    [...range, tenant],
  );
  return { count: rows[0]?.total ?? 0, samples: rows.map(unaccountedView) };
}

/**
 * What should be there and is not, between two times (RFC 3339). Kafka offsets prove nothing, they may have holes:
 * lanes, edge numbers and causes do. `until` should lie some seconds back, because envelopes of different topics do
 * not arrive in the order of their causes.
 */
export async function completeness(
  pool: pg.Pool,
  tenant: string,
  since: string,
  until: string,
): Promise<Completeness> {
  const range = [since, until];
  const [lanes, edges, withoutCause, withoutOutcome] = await Promise.all([
    laneGaps(pool, range),
    edgeGaps(pool, range),
    orphans(pool, tenant, range),
    unaccounted(pool, tenant, range),
  ]);
  return {
    since,
    until,
    complete: lanes.length + edges.length + withoutCause.count + withoutOutcome.count === 0,
    laneGaps: lanes,
    edgeGaps: edges,
    orphans: withoutCause,
    unaccounted: withoutOutcome,
  };
}
