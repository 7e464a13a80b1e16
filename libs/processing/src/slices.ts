import type { IncomingRecord } from '@anamnesis/event-log';

/** How much of a fetch one transaction takes. */
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
