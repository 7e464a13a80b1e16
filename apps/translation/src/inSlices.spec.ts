import fc from 'fast-check';
import type { IncomingRecord, PartitionBatch } from '@anamnesis/event-log';
import type { Cursor, Processor } from '@anamnesis/processing';
import { inSlices, slicesOf } from './inSlices.js';

const record = (offset: number, size: number): IncomingRecord => ({
  topic: 'ingress.messages',
  partition: 0,
  offset,
  appendTime: 0,
  key: null,
  headers: {},
  value: Buffer.alloc(size),
});
const cursor: Cursor = {
  processor: 'translate',
  topic: 'ingress.messages',
  partition: 0,
  next: 0,
  epoch: 'e1',
  marks: {},
};
const batchOf = (count: number, signal = new AbortController().signal): PartitionBatch => ({
  topic: 'ingress.messages',
  partition: 0,
  records: Array.from({ length: count }, (_, offset) => record(offset, 1)),
  logEnd: count,
  signal,
});
/** Moves the cursor over what it takes and writes down how much that was. */
function counting(taken: number[], fail = -1): Processor {
  return {
    name: 'translate',
    topics: [],
    async take({ records }, from) {
      if (taken.length === fail) throw new Error('failed on purpose');
      taken.push(records.length);
      return { ...from, next: (records.at(-1)?.offset ?? -1) + 1 };
    },
  };
}

describe('a batch in slices', () => {
  it('holds every record once, in order, within the limits', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 9 }), fc.nat(100), (sizes, most, bytes) => {
        const records = sizes.map((size, offset) => record(offset, size));
        const slices = slicesOf(records, { maxRecords: most, maxBytes: bytes });
        expect(slices.flat()).toEqual(records);
        for (const slice of slices) {
          expect(slice.length).toBeGreaterThan(0);
          expect(slice.length).toBeLessThanOrEqual(most);
          const total = slice.reduce((sum, one) => sum + (one.value?.length ?? 0), 0);
          expect(slice.length === 1 || total <= bytes).toBe(true);
        }
      }),
    );
  });

  it('moves the cursor slice by slice, and keeps what is done when a later slice fails', async () => {
    const taken: number[] = [];
    const limits = { maxRecords: 4, maxBytes: 1_000 };
    expect((await inSlices(counting(taken), limits).take(batchOf(10), cursor)).next).toBe(10);
    expect(taken).toEqual([4, 4, 2]);
    const before: number[] = [];
    await expect(inSlices(counting(before, 2), limits).take(batchOf(10), cursor)).rejects.toThrow(
      'on purpose',
    );
    expect(before).toEqual([4, 4]);
  });

  it('gives up between slices when the partition is lost', async () => {
    const taken: number[] = [];
    const lost = AbortSignal.abort(new Error('lost'));
    const processor = inSlices(counting(taken), { maxRecords: 4, maxBytes: 1_000 });
    await expect(processor.take(batchOf(10, lost), cursor)).rejects.toThrow('lost');
    expect(taken).toEqual([]);
  });
});
