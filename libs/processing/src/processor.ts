import { topicContract, type EventAttributes } from '@anamnesis/contracts';
import type { PartitionBatch } from '@anamnesis/event-log';
import type { SealedEvent } from './codec.js';
import { advanceCursor, type Cursor } from './cursor.js';
import type { Sql } from './database/connection.js';
import { laneGap } from './errors.js';
import { mark, type Marks } from './marks.js';
import type { SliceLimits } from './slices.js';

/** One kind of processing bound to topics; the runtime hands it what lies above its cursor. */
export interface Processor {
  readonly name: string;
  readonly topics: readonly string[];
  /** How much one call of {@link take} gets at most; a fetch after an outage may bring thousands of records. */
  readonly limits?: SliceLimits;
  /** Prepares for a shard before its first batch; a decider drains its lanes here. */
  own?(shard: number): Promise<void>;
  disown?(shard: number): void;
  /** Takes the batch and returns the cursor after its commit. */
  take(batch: PartitionBatch, cursor: Cursor): Promise<Cursor>;
}

/**
 * Drops what was taken before and returns the rest with the marks after it. Every event of the partition passes
 * here, also those that the processor will not want: a lane's numbers have no holes only as a whole.
 * Raised when a lane has a hole: {@link laneGap}.
 */
export function withoutDuplicates(
  events: readonly SealedEvent[],
  cursor: Cursor,
): { fresh: SealedEvent[]; marks: Marks } {
  let marks = cursor.marks;
  // Compaction removes numbers from the lane by design.
  const compacted = topicContract(cursor.topic).cleanup === 'compact';
  const fresh = events.filter(({ attributes }) => {
    if (!attributes) return true;
    const verdict = mark(marks, attributes);
    if (verdict.kind === 'gap' && compacted) {
      marks = verdict.marks;
      return true;
    }
    if (verdict.kind === 'gap')
      throw laneGap({
        lane: verdict.lane,
        expected: verdict.expected,
        found: verdict.found,
        processor: cursor.processor,
        topic: cursor.topic,
        partition: cursor.partition,
      });
    if (verdict.kind === 'new') marks = verdict.marks;
    return verdict.kind !== 'duplicate';
  });
  return { fresh, marks };
}

export type Select = (attributes: EventAttributes) => boolean;

/** What the processor wants; events whose headers could not be read are always wanted, as failures. */
export function wanted(events: readonly SealedEvent[], select: Select | undefined): readonly SealedEvent[] {
  return select ? events.filter(({ attributes }) => !attributes || select(attributes)) : events;
}

/** Offset after the last record of a batch. */
export function endOf(batch: PartitionBatch): number {
  return (batch.records.at(-1)?.offset ?? -1) + 1;
}

export function moveTo(sql: Sql, cursor: Cursor, batch: PartitionBatch, marks: Marks): Promise<Cursor> {
  return advanceCursor(sql, cursor, { next: endOf(batch), marks });
}
