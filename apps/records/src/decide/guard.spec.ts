import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { carried, statementOf } from './guard.js';

describe('a statement in a decided result', () => {
  it('is read back as it was written', () => {
    const statement = fc.record({
      effective: fc.option(fc.integer({ min: -1e12, max: 4e12 }), { nil: undefined }),
      rank: fc.option(fc.integer({ min: -5, max: 9 }), { nil: undefined }),
    });
    fc.assert(fc.property(statement, s => expect(statementOf(carried(s))).toEqual(s)));
  });

  it('is nothing where the result carries none', () => {
    expect(statementOf({})).toEqual({ effective: undefined, rank: undefined });
  });
});
