import fc from 'fast-check';
import { percentiles } from './percentiles.js';

describe('percentiles', () => {
  it('are values that occurred, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 1 }), values => {
        const { p50, p95, p99, max } = percentiles(values);
        for (const p of [p50, p95, p99, max]) expect(values).toContain(p);
        expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].sort((a, b) => a - b));
        expect(max).toBe(Math.max(...values));
      }),
    );
  });

  it('use the nearest rank', () => {
    expect(percentiles(Array.from({ length: 100 }, (_, at) => at + 1))).toEqual({
      count: 100,
      p50: 50,
      p95: 95,
      p99: 99,
      max: 100,
    });
  });
});
