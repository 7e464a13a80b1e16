import type pg from 'pg';
import { shardOf, topicContract } from '@anamnesis/contracts';
import type { EventLogWriter, OutgoingRecord } from '@anamnesis/event-log';
import type { Sql } from './database/connection.js';

/** An output of a decision before its lane number is drawn. */
export type LaneOutput = OutgoingRecord;

interface Numbered extends OutgoingRecord {
  readonly laneSeq: number;
}

interface Lane {
  readonly topic: string;
  readonly partition: number;
  acknowledged: number;
  stored: number;
  readonly queue: Numbered[];
  queuedBytes: number;
  sending: Promise<void> | undefined;
}

const bucketCount = 4;
const bucketMs = 600_000;
const maxQueuedBytes = 16 * 1024 * 1024;
const retryMs = 500;

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

export interface LaneOptions {
  readonly pool: pg.Pool;
  readonly writer: EventLogWriter;
  readonly clock: () => number;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * The ordered outputs of a decider (blueprint §5, "Outputs leave in lanes"). Numbers are drawn last in the deciding
 * transaction; rows go from memory to the log strictly in order, the next only after the one before is
 * acknowledged. A new owner drains what its predecessor left before it decides anything.
 */
export interface Lanes {
  /** Numbers the outputs and writes them to the outbox inside the deciding transaction. Call it last. */
  enlist(sql: Sql, outputs: readonly LaneOutput[]): Promise<readonly OutgoingRecord[]>;
  /** After the commit: sends what {@link enlist} returned. Resolves when there is room for more, not when sent. */
  publish(enlisted: readonly OutgoingRecord[]): Promise<void>;
  /** Sends every unacknowledged row of a shard's lanes. Resolves when the log has them all. */
  drain(shard: number): Promise<void>;
  /** Forgets the lanes of a shard that is no longer owned. */
  release(shard: number): void;
  /** Writes acknowledgements down and empties old outbox buckets. */
  tidy(): Promise<void>;
  idle(): Promise<void>;
  stop(): void;
}

export function createLanes({ pool, writer, clock, onTrouble }: LaneOptions): Lanes {
  const lanes = new Map<string, Lane>();
  let stopped = false;

  const laneOf = (topic: string, partition: number, acknowledged: number): Lane => {
    const slot = `${topic} ${partition}`;
    let lane = lanes.get(slot);
    if (!lane) {
      lane = {
        topic,
        partition,
        acknowledged,
        stored: acknowledged,
        queue: [],
        queuedBytes: 0,
        sending: undefined,
      };
      lanes.set(slot, lane);
    }
    return lane;
  };

  const sendNext = async (lane: Lane): Promise<void> => {
    const batch = lane.queue.slice(0, 2_000);
    try {
      await writer.append(batch);
    } catch (error) {
      onTrouble(error);
      await sleep(retryMs);
      return;
    }
    lane.queue.splice(0, batch.length);
    for (const row of batch) lane.queuedBytes -= row.value?.length ?? 0;
    lane.acknowledged = batch.at(-1)?.laneSeq ?? lane.acknowledged;
  };

  const pump = async (lane: Lane): Promise<void> => {
    try {
      while (lane.queue.length > 0 && !stopped) await sendNext(lane);
    } finally {
      // In the turn that sees the queue empty, so that rows of the next turn start a pump of their own.
      lane.sending = undefined;
    }
  };

  const send = (lane: Lane, rows: readonly Numbered[]): Promise<void> => {
    for (const row of rows) {
      lane.queue.push(row);
      lane.queuedBytes += row.value?.length ?? 0;
    }
    lane.sending ??= Promise.resolve().then(() => pump(lane));
    return lane.sending;
  };

  return {
    async enlist(sql, outputs) {
      const groups = new Map<string, LaneOutput[]>();
      for (const output of outputs) {
        const slot = `${output.topic} ${output.partition}`;
        groups.set(slot, [...(groups.get(slot) ?? []), output]);
      }
      const bucket = Math.floor(clock() / bucketMs) % bucketCount;
      const numbered: Numbered[] = [];
      // Always in the same order, so that two transactions never wait for each other's lane rows.
      for (const slot of [...groups.keys()].sort()) {
        const group = groups.get(slot) ?? [];
        const { topic, partition } = group[0] as LaneOutput;
        const { rows } = await sql.query<{ next: number; acknowledged: number }>(
          `INSERT INTO lane AS l (topic, partition, next) VALUES ($1, $2, 1 + $3)
           ON CONFLICT (topic, partition) DO UPDATE SET next = l.next + $3 RETURNING next, acknowledged`,
          [topic, partition, group.length],
        );
        const first = (rows[0]?.next ?? 1) - group.length;
        laneOf(topic, partition, rows[0]?.acknowledged ?? 0);
        group.forEach((output, at) => {
          const laneSeq = first + at;
          numbered.push({ ...output, laneSeq, headers: { ...output.headers, ce_laneseq: String(laneSeq) } });
        });
      }
      if (numbered.length > 0)
        await sql.query(
          `INSERT INTO outbox (bucket, topic, partition, lane_seq, key, headers, value)
           SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::json[], $7::bytea[])`,
          [
            bucket,
            numbered.map(r => r.topic),
            numbered.map(r => r.partition),
            numbered.map(r => r.laneSeq),
            numbered.map(r => r.key),
            numbered.map(r => JSON.stringify(r.headers)),
            numbered.map(r => r.value),
          ],
        );
      return numbered;
    },

    async publish(enlisted) {
      const byLane = new Map<Lane, Numbered[]>();
      for (const row of enlisted as readonly Numbered[]) {
        const lane = laneOf(row.topic, row.partition, 0);
        byLane.set(lane, [...(byLane.get(lane) ?? []), row]);
      }
      for (const [lane, rows] of byLane) {
        const sent = send(lane, rows);
        if (lane.queuedBytes > maxQueuedBytes) await sent;
      }
    },

    async drain(shard) {
      const { rows } = await pool.query<{
        topic: string;
        partition: number;
        lane_seq: number;
        key: string | null;
        headers: Record<string, string>;
        value: Buffer | null;
        acknowledged: number;
      }>(
        `SELECT o.topic, o.partition, o.lane_seq, o.key, o.headers, o.value, l.acknowledged
           FROM lane l JOIN outbox o USING (topic, partition)
          WHERE o.lane_seq > l.acknowledged
          ORDER BY o.topic, o.partition, o.lane_seq`,
      );
      const waits: Promise<void>[] = [];
      const groups = new Map<string, typeof rows>();
      for (const row of rows) {
        if (shardOf(topicContract(row.topic).layout, row.partition) !== shard) continue;
        const slot = `${row.topic} ${row.partition}`;
        groups.set(slot, [...(groups.get(slot) ?? []), row]);
      }
      for (const unsent of groups.values()) {
        const { topic, partition, acknowledged } = unsent[0] as (typeof rows)[number];
        const lane = laneOf(topic, partition, acknowledged);
        const known = lane.queue.at(-1)?.laneSeq ?? lane.acknowledged;
        waits.push(
          send(
            lane,
            unsent
              .filter(row => row.lane_seq > known)
              .map(row => ({
                topic,
                partition,
                laneSeq: row.lane_seq,
                key: row.key,
                headers: row.headers,
                value: row.value,
              })),
          ),
        );
      }
      await Promise.all(waits);
    },

    release(shard) {
      for (const [slot, lane] of lanes)
        if (shardOf(topicContract(lane.topic).layout, lane.partition) === shard) lanes.delete(slot);
    },

    async tidy() {
      const moved = [...lanes.values()].filter(lane => lane.acknowledged > lane.stored);
      if (moved.length > 0) {
        const written = moved.map(lane => lane.acknowledged);
        await pool.query(
          `UPDATE lane l SET acknowledged = greatest(l.acknowledged, a.acknowledged)
             FROM unnest($1::text[], $2::int[], $3::bigint[]) AS a (topic, partition, acknowledged)
            WHERE l.topic = a.topic AND l.partition = a.partition`,
          [moved.map(l => l.topic), moved.map(l => l.partition), written],
        );
        moved.forEach((lane, at) => {
          lane.stored = written[at] ?? lane.stored;
        });
      }
      const oldest = (Math.floor(clock() / bucketMs) + 1) % bucketCount;
      const { rows } = await pool.query<{ waiting: boolean; filled: boolean }>(
        `SELECT EXISTS (SELECT FROM outbox_${oldest}) AS filled,
                EXISTS (SELECT FROM outbox_${oldest} o JOIN lane l USING (topic, partition) WHERE o.lane_seq > l.acknowledged) AS waiting`,
      );
      if (rows[0]?.filled && !rows[0].waiting) await pool.query(`TRUNCATE outbox_${oldest}`);
    },

    async idle() {
      await Promise.all([...lanes.values()].map(lane => lane.sending));
    },

    stop() {
      stopped = true;
    },
  };
}
