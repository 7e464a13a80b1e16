import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFramer, wrap, type Framer, type FrameEvent } from './framer.js';

const VT = '\x0b';
const FS = '\x1c';
const CR = '\r';

function told(events: readonly FrameEvent[]): string[] {
  return events.map(event =>
    event.kind === 'garbage'
      ? `garbage ${event.count}`
      : event.kind === 'frame'
        ? `frame ${event.bytes.toString('latin1')}`
        : `oversize ${event.head.toString('latin1')}`,
  );
}

function feed(framer: Framer, chunks: readonly Buffer[]): string[] {
  return told([...chunks.flatMap(chunk => framer.push(chunk)), ...framer.end()]);
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...places.map(place => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.map((place, i) => bytes.subarray(sorted[i - 1] ?? 0, place));
}

describe('framer', () => {
  test('given several frames in one chunk, each is told in order', () => {
    const framer = createFramer({ maxBytes: 100 });
    const chunk = Buffer.concat([
      wrap(Buffer.from('one')),
      wrap(Buffer.from('two')),
      Buffer.from(`${VT}thr`),
    ]);
    expect(told(framer.push(chunk))).toEqual(['frame one', 'frame two']);
    expect(framer.inFrame).toBe(true);
    expect(told(framer.push(Buffer.from(`ee${FS}${CR}`)))).toEqual(['frame three']);
    expect(framer.inFrame).toBe(false);
  });

  test.each([
    ['FS without CR is content', `${VT}a${FS}b${FS}${CR}`, [`frame a${FS}b`]],
    ['FS FS CR ends at the second FS', `${VT}a${FS}${FS}${CR}`, [`frame a${FS}`]],
    ['CR without FS is content', `${VT}a${CR}b${FS}${CR}`, [`frame a${CR}b`]],
    ['VT inside a frame is content', `${VT}a${VT}b${FS}${CR}`, [`frame a${VT}b`]],
    ['an empty frame is a frame', `${VT}${FS}${CR}`, ['frame ']],
    [
      'a run of garbage is told once',
      `xx${VT}a${FS}${CR}\r\n${VT}b${FS}${CR}`,
      ['garbage 2', 'frame a', 'garbage 2', 'frame b'],
    ],
    ['garbage at the end is told when the connection ends', `${VT}a${FS}${CR}\n`, ['frame a', 'garbage 1']],
    ['content of exactly the cap passes', `${VT}12345678${FS}${CR}`, ['frame 12345678']],
    [
      'content above the cap is told by its head and skipped',
      `${VT}123456789${FS}0${FS}${CR}${VT}b${FS}${CR}`,
      ['oversize 1234', 'frame b'],
    ],
  ])('%s, wherever the chunks are cut', (_, text, expected) => {
    const bytes = Buffer.from(text, 'latin1');
    const make = () => createFramer({ maxBytes: 8, maxHeaderScan: 4 });
    for (let first = 0; first <= bytes.length; first += 1)
      for (let second = first; second <= bytes.length; second += 1)
        expect(feed(make(), cut(bytes, [first, second]))).toEqual(expected);
    expect(feed(make(), cut(bytes, [...bytes.keys()]))).toEqual(expected);
  });

  test('given any bytes and any cuts, the same is told as for one chunk', () => {
    const byte = fc.constantFrom(0x0b, 0x1c, 0x0d, 0x41, 0x42, 0xff);
    fc.assert(
      fc.property(
        fc.array(byte, { maxLength: 80 }),
        fc.array(fc.nat()),
        fc.integer({ min: 0, max: 20 }),
        (raw, places, maxBytes) => {
          const bytes = Buffer.from(raw);
          const make = () => createFramer({ maxBytes, maxHeaderScan: 3 });
          expect(feed(make(), cut(bytes, places))).toEqual(feed(make(), [bytes]));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('given any contents without FS CR, wrapping and framing gives them back', () => {
    const content = fc.uint8Array({ maxLength: 300 }).filter(bytes => {
      const text = Buffer.from(bytes).toString('latin1');
      return !`${text}${FS}`.includes(`${FS}${CR}`);
    });
    fc.assert(
      fc.property(fc.array(content), fc.array(fc.nat()), (contents, places) => {
        const stream = Buffer.concat(contents.map(wrap));
        const expected = contents.map(bytes => `frame ${Buffer.from(bytes).toString('latin1')}`);
        expect(feed(createFramer({ maxBytes: 300 }), cut(stream, places))).toEqual(expected);
      }),
    );
  });

  test('a frame above the cap is told before its end has come', () => {
    const framer = createFramer({ maxBytes: 10 });
    expect(told(framer.push(Buffer.from(`${VT}12345678901`)))).toEqual(['oversize 12345678901']);
    expect(framer.inFrame).toBe(true);
    expect(told(framer.push(Buffer.from(`234${FS}${CR}`)))).toEqual([]);
    expect(framer.inFrame).toBe(false);
  });

  test('a large frame that comes byte by byte takes linear time', () => {
    const bytes = wrap(Buffer.alloc(2 * 1024 * 1024, 0x41));
    const framer = createFramer({ maxBytes: bytes.length });
    let frames = 0;
    for (let at = 0; at < bytes.length; at += 1) frames += framer.push(bytes.subarray(at, at + 1)).length;
    expect(frames).toBe(1);
  });
});
