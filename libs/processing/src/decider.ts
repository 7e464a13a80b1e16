import type pg from 'pg';
import { shardOf, topicContract } from '@anamnesis/contracts';
import type { PartitionBatch } from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import { openEvents, readHeaders, type DecodedEvent } from './codec.js';
import { transaction, type Sql } from './database/connection.js';
import type { LaneOutput, Lanes } from './lanes.js';
import type { Marks } from './marks.js';
import { moveTo, withoutDuplicates, type Processor } from './processor.js';
import type { SliceLimits } from './slices.js';

/** Counter and clock of a shard: `seq` of the last decision, and its time, which never runs backwards. */
export interface ShardClock {
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** What one intent came to, for whoever waits for it. */
export interface DecisionRow {
  readonly intentId: string;
  readonly seq: number;
  readonly outcome: string;
  /** The HTTP answer's facts; no patient data beyond what the caller may see anyway. */
  readonly response: unknown;
}

export interface DecidedBatch {
  /** In the order of decision. Lane numbers are drawn by the runtime. */
  readonly outputs: readonly LaneOutput[];
  readonly clock: ShardClock;
  /** Only intents that somebody may wait for. */
  readonly decisions: readonly DecisionRow[];
}

export interface DeciderDefinition {
  readonly name: string;
  readonly logTopic: string;
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  readonly lanes: Lanes;
  /**
   * Decides a batch in order and writes the state tables through `sql`. Must not append, notify or read a clock:
   * time is the append time of each intent. Undecodable intents are decided `rejected`, nothing parks here.
   */
  readonly decide: (
    sql: Sql,
    events: readonly DecodedEvent[],
    context: { shard: number; clock: ShardClock },
  ) => Promise<DecidedBatch>;
  /** Told after the commit. */
  readonly onDecided?: (decisions: readonly DecisionRow[]) => void;
  /** Told when a batch was rolled back: drop what was cached from it. */
  readonly onRolledBack?: (shard: number) => void;
}

/**
 * Small transactions: the feeder keeps a bounded distance from the cursor, so a decider that took a thousand intents at
 * a time would starve itself while the feeder waits, and a clinician's write would wait for all of them.
 */
const decisionLimits: SliceLimits = { maxRecords: 200, maxBytes: 4 * 1024 * 1024 };

/** Mark in a decider's cursor under which `seq` of the shard's last decision stands. */
export const seqMark = 'shard seq';
const timeMark = 'shard time';

function clockOf(marks: Marks): ShardClock {
  return { seq: Number(marks[seqMark] ?? 0), time: Number(marks[timeMark] ?? 0) };
}

/** Channel of Postgres notifications that wake HTTP waiters on other replicas; one per batch. */
export const decisionChannel = 'decision';

async function storeDecisions(sql: Sql, decisions: readonly DecisionRow[]): Promise<void> {
  if (decisions.length === 0) return;
  await sql.query(
    `INSERT INTO decision (intent_id, seq, outcome, response)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::jsonb[]) ON CONFLICT DO NOTHING`,
    [
      decisions.map(d => d.intentId),
      decisions.map(d => d.seq),
      decisions.map(d => d.outcome),
      decisions.map(d => JSON.stringify(d.response)),
    ],
  );
  await sql.query(`NOTIFY ${decisionChannel}`);
}

/**
 * A decider: decide and evolve over the shard's own log. One transaction holds decisions, state, outbox rows and the
 * cursor's compare-and-set (blueprint §5).
 */
export function createDecider(definition: DeciderDefinition): Processor {
  const { name, logTopic, pool, keyring, lanes, decide } = definition;
  const layout = topicContract(logTopic).layout;
  const shard = (batch: PartitionBatch): number => shardOf(layout, batch.partition);
  return {
    name,
    topics: [logTopic],
    limits: decisionLimits,
    own: owned => lanes.drain(owned),
    disown: lost => lanes.release(lost),
    async take(batch, cursor) {
      const { fresh, marks } = withoutDuplicates(readHeaders(batch.records), cursor);
      const events = await openEvents(fresh, keyring);
      batch.signal.throwIfAborted();
      try {
        const { moved, enlisted, decisions } = await transaction(pool, async sql => {
          const decided = await decide(sql, events, { shard: shard(batch), clock: clockOf(marks) });
          await storeDecisions(sql, decided.decisions);
          const after = {
            ...marks,
            [seqMark]: String(decided.clock.seq),
            [timeMark]: String(decided.clock.time),
          };
          const next = await moveTo(sql, cursor, batch, after);
          return {
            moved: next,
            enlisted: await lanes.enlist(sql, decided.outputs),
            decisions: decided.decisions,
          };
        });
        await lanes.publish(enlisted);
        definition.onDecided?.(decisions);
        return moved;
      } catch (error) {
        definition.onRolledBack?.(shard(batch));
        throw error;
      }
    },
  };
}
