import type { EventAttributes } from '@anamnesis/contracts';
import type { PartitionBatch } from '@anamnesis/event-log';
import type { DecodedEvent } from './codec.js';
import { advanceCursor, type Cursor } from './cursor.js';
import type { Sql } from './database/connection.js';
import { laneGap } from './errors.js';
import { mark, type Marks } from './marks.js';

/** One kind of processing bound to topics; the runtime hands it what lies above its cursor. */
export interface Processor {
  readonly name: string;
  readonly topics: readonly string[];
  /** Prepares for a shard before its first batch; a decider drains its lanes here. */
  own?(shard: number): Promise<void>;
  disown?(shard: number): void;
  /** Takes the batch and returns the cursor after its commit. */
  take(batch: PartitionBatch, cursor: Cursor): Promise<Cursor>;
}

/** Attributes of an event, when its headers could be read at all. */
export function attributesOf(decoded: DecodedEvent): EventAttributes | undefined {
  return decoded.readable ? decoded.event.attributes : decoded.attributes;
}

/**
 * Drops what was taken before and returns the rest with the marks after it.
 * Raised when a lane has a hole: {@link laneGap}.
 */
export function withoutDuplicates<E>(
  events: readonly E[],
  cursor: Cursor,
  attributesOfEvent: (event: E) => EventAttributes | undefined,
): { fresh: E[]; marks: Marks } {
  let marks = cursor.marks;
  const fresh = events.filter(one => {
    const attributes = attributesOfEvent(one);
    if (!attributes) return true;
    const verdict = mark(marks, attributes);
    if (verdict.kind === 'gap')
      throw laneGap({
        ...verdict,
        processor: cursor.processor,
        topic: cursor.topic,
        partition: cursor.partition,
      });
    if (verdict.kind === 'new') marks = verdict.marks;
    return verdict.kind !== 'duplicate';
  });
  return { fresh, marks };
}

/** Offset after the last record of a batch. */
export function endOf(batch: PartitionBatch): number {
  return (batch.records.at(-1)?.offset ?? -1) + 1;
}

export function moveTo(sql: Sql, cursor: Cursor, batch: PartitionBatch, marks: Marks): Promise<Cursor> {
  return advanceCursor(sql, cursor, { next: endOf(batch), marks });
}
