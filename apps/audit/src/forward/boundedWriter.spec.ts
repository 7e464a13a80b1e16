import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OutgoingRecord } from '@anamnesis/event-log';
import { boundedWriter } from './boundedWriter.js';

const record = (size: number): OutgoingRecord => ({
  topic: 'audit.log',
  partition: 0,
  key: '0',
  headers: {},
  value: Buffer.alloc(size),
});

describe('the bounded writer', () => {
  it('keeps order and answers, and no portion passes the bound unless one record does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 30 })), async sizes => {
        const portions: (readonly OutgoingRecord[])[] = [];
        let offset = 0;
        const writer = boundedWriter(
          {
            append: async records => {
              portions.push(records);
              return records.map(() => ({ offset: offset++, appendTime: 0 }));
            },
            close: async () => undefined,
          },
          40,
        );
        const records = sizes.map(record);
        const appended = await writer.append(records);
        expect(portions.flat()).toEqual(records);
        expect(appended.map(one => one.offset)).toEqual(records.map((_, at) => at));
        for (const portion of portions) {
          const bytes = portion.reduce((sum, one) => sum + (one.value?.length ?? 0), 0);
          expect(portion.length === 1 || bytes <= 40).toBe(true);
        }
      }),
    );
  });

  it('sends nothing after a portion that failed', async () => {
    let calls = 0;
    const writer = boundedWriter(
      {
        append: async () => {
          calls += 1;
          throw new Error('away');
        },
        close: async () => undefined,
      },
      10,
    );
    await expect(writer.append([record(9), record(9), record(9)])).rejects.toThrow('away');
    expect(calls).toBe(1);
  });
});
