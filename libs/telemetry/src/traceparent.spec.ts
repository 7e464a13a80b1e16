import { childTraceparent, newTraceparent, traceIdOf } from './traceparent.js';

/** Counts up, so that every draw differs and a run can be repeated. */
function counting(): (size: number) => Uint8Array {
  let n = 0;
  return size => new Uint8Array(size).fill((n += 1));
}

describe('traceparent', () => {
  it('begins a trace', () => {
    expect(newTraceparent(counting())).toBe(`00-${'01'.repeat(16)}-${'02'.repeat(8)}-01`);
  });

  it('keeps trace and flags in a child, and takes a new span', () => {
    const random = counting();
    const parent = newTraceparent(random);
    const child = childTraceparent(parent, random);
    expect(traceIdOf(child)).toBe(traceIdOf(parent));
    expect(child).not.toBe(parent);
  });

  it.each([
    undefined,
    '',
    'EVERYWOMAN',
    `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`,
    `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`,
    `00-${'A'.repeat(32)}-${'1'.repeat(16)}-01`,
  ])('begins a new trace for a parent of %s', parent => {
    expect(childTraceparent(parent, counting())).toBe(`00-${'01'.repeat(16)}-${'02'.repeat(8)}-01`);
  });
});
