import type pg from 'pg';
import { isCodedError, shardOf, topicContract, type CodedError } from '@anamnesis/contracts';
import type { BatchVerdict, EventLogReader, PartitionBatch, RunningReader } from '@anamnesis/event-log';
import { loadCursor, type Cursor } from './cursor.js';
import { databaseUnavailable, logOlderThanStore, topicRecreated } from './errors.js';
import { endOf, type Processor } from './processor.js';
import type { Progress } from './progress.js';
import { slicesOf, type SliceLimits } from './slices.js';

export interface ProcessingOptions {
  /** Group without the cell prefix: the service's name. */
  readonly group: string;
  readonly reader: EventLogReader;
  readonly pool: pg.Pool;
  readonly processors: readonly Processor[];
  readonly progress: Progress;
  readonly clock: () => number;
  /** Epoch of a topic; raises when unknown. */
  readonly epochOf: (topic: string) => string;
  /** Every failed batch is told: retried ones and stopped partitions alike. */
  readonly onTrouble: (trouble: Trouble) => void;
}

export interface Trouble {
  readonly processor: string;
  readonly topic: string;
  readonly partition: number;
  readonly error: CodedError;
  /** True when the partition is given up until somebody acts. */
  readonly stopped: boolean;
}

export interface Processing {
  isAssigned(): boolean;
  /** Partitions that stopped on an error which only a person can mend. */
  stoppedPartitions(): readonly string[];
  stop(): Promise<void>;
}

/** A fetch may bring thousands of records after an outage; a transaction and its memory stay bounded. */
const defaultLimits: SliceLimits = { maxRecords: 1_000, maxBytes: 8 * 1024 * 1024 };
const retryMs = 500;
const maxRetryMs = 10_000;
const stoppedRetryMs = 30_000;

function classify(error: unknown): CodedError {
  if (isCodedError(error)) return error;
  return databaseUnavailable({ reason: error instanceof Error ? error.name : 'unknown' }, error);
}

/**
 * Runs a service's processors over one reader. Cursors in the database decide what is new; the reader's own position
 * only says where to look. A transient error pauses the partition and comes back; a stop error keeps the partition
 * paused and is reported, while every other partition goes on.
 */
export async function startProcessing(options: ProcessingOptions): Promise<Processing> {
  const { pool, processors, progress, clock, epochOf, onTrouble } = options;
  const cursors = new Map<string, Cursor>();
  const owned = new Map<number, Promise<void>>();
  const failures = new Map<string, number>();
  const stopped = new Map<string, string>();
  /** A hole at the front is legal after one look back at the cursor (retention, transaction markers). */
  const sought = new Set<string>();
  const slot = (processor: string, topic: string, partition: number): string =>
    `${processor} ${topic}/${partition}`;

  const cursorOf = async (processor: Processor, batch: PartitionBatch): Promise<Cursor> => {
    const key = slot(processor.name, batch.topic, batch.partition);
    const known = cursors.get(key);
    if (known) return known;
    const epoch = epochOf(batch.topic);
    const cursor = await loadCursor(pool, processor.name, batch.topic, batch.partition, epoch);
    const facts = { processor: processor.name, topic: batch.topic, partition: batch.partition };
    if (cursor.epoch !== epoch) throw topicRecreated(facts);
    if (batch.logEnd < cursor.next)
      throw logOlderThanStore({ ...facts, cursor: cursor.next, logEnd: batch.logEnd });
    cursors.set(key, cursor);
    return cursor;
  };

  const ready = (shard: number): Promise<void> => {
    let own = owned.get(shard);
    if (!own) {
      own = Promise.all(processors.map(p => p.own?.(shard))).then(() => undefined);
      owned.set(shard, own);
      own.catch(() => owned.delete(shard));
    }
    return own;
  };

  /** The offset from which this processor must see records again, or undefined when it took all. */
  const run = async (processor: Processor, batch: PartitionBatch): Promise<number | undefined> => {
    const cursor = await cursorOf(processor, batch);
    const first = batch.records[0]?.offset ?? 0;
    const key = slot(processor.name, batch.topic, batch.partition);
    if (first > cursor.next && !sought.has(key)) {
      sought.add(key);
      return cursor.next;
    }
    sought.delete(key);
    const records = batch.records.filter(record => record.offset >= cursor.next);
    if (records.length === 0) return undefined;
    let at = cursor;
    for (const slice of slicesOf(records, processor.limits ?? defaultLimits)) {
      batch.signal.throwIfAborted();
      at = await processor.take({ ...batch, records: slice }, at);
      cursors.set(key, at);
      progress.add({
        processor: processor.name,
        topic: batch.topic,
        partition: batch.partition,
        next: at.next,
        records: slice.length,
        at: clock(),
      });
    }
    return undefined;
  };

  const handle = async (batch: PartitionBatch): Promise<BatchVerdict> => {
    const concerned = processors.filter(processor => processor.topics.includes(batch.topic));
    let again: number | undefined;
    for (const processor of concerned) {
      const key = slot(processor.name, batch.topic, batch.partition);
      try {
        await ready(shardOf(topicContract(batch.topic).layout, batch.partition));
        const from = await run(processor, batch);
        if (from !== undefined) again = Math.min(again ?? from, from);
        failures.delete(key);
        stopped.delete(key);
      } catch (thrown) {
        const offset = cursors.get(key)?.next ?? batch.records[0]?.offset ?? endOf(batch);
        cursors.delete(key);
        if (batch.signal.aborted) return { kind: 'pause', milliseconds: retryMs, offset };
        const error = classify(thrown);
        const stop = error.disposition === 'stop' && error.code !== 'ANM_CURSOR_FENCED';
        if (stop) stopped.set(key, error.code);
        const count = (failures.get(key) ?? 0) + 1;
        failures.set(key, count);
        onTrouble({
          processor: processor.name,
          topic: batch.topic,
          partition: batch.partition,
          error,
          stopped: stop,
        });
        const milliseconds = stop ? stoppedRetryMs : Math.min(retryMs * 2 ** (count - 1), maxRetryMs);
        return { kind: 'pause', milliseconds, offset };
      }
    }
    return again === undefined ? { kind: 'resolved' } : { kind: 'seek', offset: again };
  };

  const shardsOf = (assignment: Readonly<Record<string, readonly number[]>>): Set<number> =>
    new Set(
      Object.entries(assignment).flatMap(([topic, partitions]) =>
        partitions.map(partition => shardOf(topicContract(topic).layout, partition)),
      ),
    );

  const running: RunningReader = await options.reader.run(
    {
      group: options.group,
      topics: [...new Set(processors.flatMap(processor => processor.topics))],
      onAssigned: assignment => {
        cursors.clear();
        sought.clear();
        for (const shard of owned.keys()) for (const processor of processors) processor.disown?.(shard);
        owned.clear();
        for (const shard of shardsOf(assignment)) ready(shard).catch(() => undefined);
      },
    },
    handle,
  );

  return {
    isAssigned: () => running.isAssigned(),
    stoppedPartitions: () => [...stopped].map(([key, code]) => `${key} ${code}`),
    stop: () => running.stop(),
  };
}
