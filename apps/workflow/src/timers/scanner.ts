import type pg from 'pg';
import { derivedId } from '@anamnesis/contracts';
import type { EventLogWriter } from '@anamnesis/event-log';
import type { RandomBytes } from '@anamnesis/keys';
import { encodeEvent, transaction } from '@anamnesis/processing';
import { instant } from '@anamnesis/process';
import { logTopic, service } from '../names.js';

export interface ScannerOptions {
  readonly pool: pg.Pool;
  readonly writer: EventLogWriter;
  readonly tenant: (name: string) => { readonly idKey: Uint8Array; readonly shard: number } | undefined;
  readonly clock: () => number;
  readonly random: RandomBytes;
}

interface DueTimer {
  readonly tenant: string;
  readonly case_id: string;
  readonly timer: string;
  readonly timer_seq: number;
  readonly due_at: string;
  readonly srid: string | null;
  readonly cause_event_id: string;
}

const batchSize = 500;
/** A firing that the decider has not taken by then is appended again; the same id and a no-op if it was. */
const againMs = 60_000;

/**
 * Appends `timer.fired` for timers that are due, and nothing else: what a firing means is the decider's to say.
 * Every replica scans; rows that another one holds are skipped. Returns how many it fired.
 */
export async function fireDueTimers(options: ScannerOptions): Promise<number> {
  const { pool, writer, tenant, clock, random } = options;
  const now = clock();
  return transaction(pool, async sql => {
    const { rows } = await sql.query<DueTimer>(
      `SELECT t.tenant, t.case_id, t.timer, t.timer_seq, t.due_at, c.srid, c.cause_event_id
         FROM timer t
         JOIN workflow_case c USING (tenant, case_id)
         LEFT JOIN timer_sent s USING (tenant, case_id, timer_seq)
        WHERE t.status = 'scheduled' AND t.due_at <= $1 AND coalesce(s.sent_at, 0) <= $2
        ORDER BY t.due_at LIMIT $3
          FOR UPDATE OF t SKIP LOCKED`,
      [instant(now), now - againMs, batchSize],
    );
    const fired = rows.flatMap(row => {
      const of = tenant(row.tenant);
      if (!of) return [];
      const id = derivedId(of.idKey, 'event', ['timer', row.case_id, row.timer, String(row.timer_seq)]);
      const key = String(of.shard);
      return [
        encodeEvent(
          {
            id,
            source: service,
            type: 'timer.fired.v1',
            time: instant(now),
            partitionKey: key,
            tenant: row.tenant,
            srid: row.srid ?? undefined,
            correlationId: row.cause_event_id,
            causationId: row.cause_event_id,
          },
          { caseId: row.case_id, timer: row.timer, dueAt: row.due_at, timerSeq: row.timer_seq },
          { topic: logTopic, partition: of.shard, key, random },
        ),
      ];
    });
    if (fired.length === 0) return 0;
    await writer.append(fired);
    await sql.query(
      `INSERT INTO timer_sent (tenant, case_id, timer_seq, sent_at)
       SELECT *, $4::bigint FROM unnest($1::text[], $2::text[], $3::int[])
       ON CONFLICT (tenant, case_id, timer_seq) DO UPDATE SET sent_at = excluded.sent_at`,
      [rows.map(r => r.tenant), rows.map(r => r.case_id), rows.map(r => r.timer_seq), now],
    );
    return fired.length;
  });
}

/** Forgets firings whose timers are closed. */
export async function forgetClosedTimers(pool: pg.Pool): Promise<void> {
  await pool.query(
    `DELETE FROM timer_sent s USING timer t
      WHERE t.tenant = s.tenant AND t.case_id = s.case_id AND t.timer_seq = s.timer_seq AND t.status <> 'scheduled'`,
  );
}
