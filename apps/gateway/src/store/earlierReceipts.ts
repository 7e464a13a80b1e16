import type pg from 'pg';
import type { EarlierReceipt } from '../receive/decideReceipt.js';

/** One receipt as it is asked for. */
export interface ReceiptQuery {
  readonly tenant: string;
  readonly interfaceId: string;
  readonly content: string;
  readonly control: string;
  /** Start of the window in which a used control id matters, epoch milliseconds. */
  readonly since: number;
}

/** The stored answers, as the receiver asks for them: once per batch. */
export interface EarlierReceipts {
  /** For each query what the store knows of it, in the order asked. */
  find(queries: readonly ReceiptQuery[]): Promise<EarlierReceipt[][]>;
  /** Those of the events (or messages) that were parked, rejected or failed further on. */
  failed(ids: readonly { tenant: string; id: string }[]): Promise<Set<string>>;
}

interface Row {
  asked: number;
  content: string;
  attempt: number;
  part: number;
  parts: number;
  appended_at: number;
  received_at: Date | null;
  state: EarlierReceipt['state'];
}

/** Rows of one message's parts become one receipt; it failed when any part did. */
function gather(rows: readonly Row[]): EarlierReceipt[] {
  const found = new Map<string, EarlierReceipt & { parts: number[] }>();
  for (const row of rows) {
    const slot = `${row.content} ${row.attempt}`;
    const before = found.get(slot);
    const parts = before?.parts ?? [];
    if (row.part > 0 && !parts.includes(row.part)) parts.push(row.part);
    found.set(slot, {
      content: row.content,
      attempt: row.attempt,
      state: before?.state === 'failed' ? 'failed' : row.state,
      parts,
      of: row.parts,
      at: Math.max(before?.at ?? 0, row.appended_at),
      receivedAt: before?.receivedAt || (row.received_at?.toISOString() ?? ''),
    });
  }
  return [...found.values()];
}

/**
 * Three questions in one statement: receipts of the same bytes, refusals of the same bytes, and (one row is enough)
 * whether the control id was accepted for other bytes within the window. Each is a lateral subquery with a limit, so
 * that even a plan made while the tables are empty probes their indexes instead of reading them whole: the statement
 * is prepared once per connection and its plan stays until the first ANALYZE. Exported for the test that pins its plan.
 */
export const findSql = `
  WITH asked AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
      WITH ORDINALITY AS a (tenant, interface, content, control, since, asked))
  SELECT a.asked, r.content_hash AS content, r.attempt, r.part, r.parts, r.appended_at, r.received_at,
         CASE WHEN EXISTS (
           SELECT FROM failed_message f
            WHERE f.tenant = r.tenant AND f.event_id = ANY (ARRAY[r.event_id, r.message_id]))
         THEN 'failed' ELSE 'accepted' END AS state
    FROM asked a
    CROSS JOIN LATERAL (
      SELECT * FROM received_message r
       WHERE r.tenant = a.tenant AND r.content_hash = a.content AND r.interface = a.interface
       ORDER BY r.attempt DESC LIMIT 1000) r
  UNION ALL
  SELECT a.asked, r.content_hash, r.attempt, 0, 0, r.appended_at, NULL, 'refused'
    FROM asked a
    CROSS JOIN LATERAL (
      SELECT * FROM refused_message r
       WHERE r.tenant = a.tenant AND r.content_hash = a.content AND r.interface = a.interface
       ORDER BY r.attempt DESC LIMIT 1) r
  UNION ALL
  SELECT a.asked, u.content_hash, u.attempt, u.part, u.parts, u.appended_at, u.received_at, 'accepted'
    FROM asked a
    CROSS JOIN LATERAL (
      SELECT * FROM received_message u
       WHERE u.tenant = a.tenant AND u.control_hash = a.control AND u.appended_at >= a.since
         AND u.content_hash <> a.content
       LIMIT 1) u`;

export function createEarlierReceipts(pool: pg.Pool): EarlierReceipts {
  return {
    async find(queries) {
      const { rows } = await pool.query<Row>({
        name: 'earlier_receipts',
        text: findSql,
        values: [
          queries.map(q => q.tenant),
          queries.map(q => q.interfaceId),
          queries.map(q => q.content),
          queries.map(q => q.control),
          queries.map(q => Math.trunc(q.since)),
        ],
      });
      const byQuery = new Map<number, Row[]>();
      for (const row of rows) {
        const list = byQuery.get(row.asked) ?? [];
        byQuery.set(row.asked, list);
        list.push(row);
      }
      return queries.map((_, at) => gather(byQuery.get(at + 1) ?? []));
    },
    async failed(ids) {
      if (ids.length === 0) return new Set();
      const { rows } = await pool.query<{ event_id: string }>(
        `SELECT f.event_id FROM unnest($1::text[], $2::text[]) AS a (tenant, event_id)
           JOIN failed_message f USING (tenant, event_id)`,
        [ids.map(i => i.tenant), ids.map(i => i.id)],
      );
      return new Set(rows.map(row => row.event_id));
    },
  };
}
