import { createRequire } from 'node:module';
import fc from 'fast-check';
import { crc32c } from '@node-rs/crc32';

describe('the checksum of record batches', () => {
  it('is the one that kafkajs computes', () => {
    const own = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (
      b: Buffer,
    ) => number;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), bytes => {
        expect(crc32c(Buffer.from(bytes))).toBe(own(Buffer.from(bytes)));
      }),
    );
  });
});
