import type { IncomingRecord } from '@anamnesis/event-log';
import type { Processor } from '@anamnesis/processing';

export interface SliceLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Cuts records into runs within the limits; a record above the byte limit is a run of its own. */
export function slicesOf(
  records: readonly IncomingRecord[],
  { maxRecords, maxBytes }: SliceLimits,
): IncomingRecord[][] {
  const slices: IncomingRecord[][] = [];
  let slice: IncomingRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.value?.length ?? 0;
    if (slice.length > 0 && (slice.length >= maxRecords || bytes + size > maxBytes)) {
      slices.push(slice);
      slice = [];
      bytes = 0;
    }
    slice.push(record);
    bytes += size;
  }
  return slice.length > 0 ? [...slices, slice] : slices;
}

/**
 * Takes a fetched batch in slices, each with its own append and cursor move. A fetch of a partition that fell behind
 * holds thousands of messages; translating them in one go would keep the process from its heartbeats until the group
 * gives the partition to somebody else, and nothing would come out before the last one.
 */
export function inSlices(processor: Processor, limits: SliceLimits): Processor {
  return {
    ...processor,
    async take(batch, cursor) {
      let moved = cursor;
      for (const records of slicesOf(batch.records, limits)) {
        batch.signal.throwIfAborted();
        moved = await processor.take({ ...batch, records }, moved);
      }
      return moved;
    },
  };
}
