import fc from 'fast-check';
import type { IncomingRecord } from '@anamnesis/event-log';
import { slicesOf } from './slices.js';

const record = (offset: number, size: number): IncomingRecord => ({
  topic: 'ingress.messages',
  partition: 0,
  offset,
  appendTime: 0,
  key: null,
  headers: {},
  value: Buffer.alloc(size),
});

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
});
