import type pg from 'pg';
import type { SealedEvent, Sql } from '@anamnesis/processing';

/** Where an edge id was first taken. */
export interface SeenEdge {
  readonly id: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch milliseconds. */
  readonly seenAt: number;
}

/** How long an edge id is remembered, by append times: longer than any gateway needs to start and catch up. */
export const memoryMs = 600_000;
const cleanEveryMs = 60_000;

/**
 * Splits events into those that are new and those whose id was taken at another position within the memory. The same
 * position again is not a double: it is the same record, read again after a crash. Replays are exempt.
 */
export function withoutSeen<E extends SealedEvent>(
  events: readonly E[],
  seen: ReadonlyMap<string, SeenEdge>,
): { fresh: E[]; doubled: E[] } {
  const taken = new Map(seen);
  const fresh: E[] = [];
  const doubled: E[] = [];
  for (const event of events) {
    const { record, attributes } = event;
    const { partition, offset, appendTime } = record;
    if (!attributes || attributes.replayId !== undefined) {
      fresh.push(event);
      continue;
    }
    const before = taken.get(attributes.id);
    const elsewhere = before && (before.partition !== partition || before.offset !== offset);
    if (elsewhere && appendTime - before.seenAt <= memoryMs) {
      doubled.push(event);
      continue;
    }
    taken.set(attributes.id, { id: attributes.id, partition, offset, seenAt: appendTime });
    fresh.push(event);
  }
  return { fresh, doubled };
}

export interface SeenEdges {
  find(ids: readonly string[]): Promise<ReadonlyMap<string, SeenEdge>>;
  /** Writes what a batch took, in the cursor's transaction, and forgets what is too old. */
  save(sql: Sql, taken: readonly SeenEdge[]): Promise<void>;
}

export function createSeenEdges(pool: pg.Pool): SeenEdges {
  const cleaned = new Map<number, number>();
  return {
    async find(ids) {
      if (ids.length === 0) return new Map();
      const { rows } = await pool.query<{ id: string; partition: number; offset: number; seen_at: number }>({
        name: 'find_seen_edge',
        // Lateral with a limit: a plan made while the table is empty would otherwise read it whole, and be kept.
        text: `SELECT e.id, e.partition, e."offset", e.seen_at
                 FROM unnest($1::text[]) AS asked (id)
                CROSS JOIN LATERAL (SELECT * FROM seen_edge s WHERE s.id = asked.id LIMIT 1) e`,
        values: [ids],
      });
      return new Map(
        rows.map(({ id, partition, offset, seen_at }) => [id, { id, partition, offset, seenAt: seen_at }]),
      );
    },
    async save(sql, taken) {
      const last = taken.at(-1);
      if (!last) return;
      await sql.query({
        name: 'save_seen_edge',
        text: `INSERT INTO seen_edge (id, partition, "offset", seen_at)
               SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[])
               ON CONFLICT (id) DO UPDATE
                 SET partition = excluded.partition, "offset" = excluded."offset", seen_at = excluded.seen_at`,
        values: [
          taken.map(edge => edge.id),
          taken.map(edge => edge.partition),
          taken.map(edge => edge.offset),
          taken.map(edge => edge.seenAt),
        ],
      });
      if (last.seenAt - (cleaned.get(last.partition) ?? 0) < cleanEveryMs) return;
      cleaned.set(last.partition, last.seenAt);
      await sql.query('DELETE FROM seen_edge WHERE partition = $1 AND seen_at < $2', [
        last.partition,
        last.seenAt - memoryMs,
      ]);
    },
  };
}
