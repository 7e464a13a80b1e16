import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { noteOf, statementOf } from './guard.js';

describe('a statement in a note', () => {
  it('is read back as it was written', () => {
    const statement = fc.record({
      effective: fc.option(fc.integer({ min: -1e12, max: 4e12 }), { nil: undefined }),
      rank: fc.option(fc.integer({ min: -5, max: 9 }), { nil: undefined }),
    });
    fc.assert(fc.property(statement, s => expect(statementOf(noteOf(s))).toEqual(s)));
  });

  it('is nothing in any other text', () => {
    expect(statementOf('Kept by the interface lab')).toEqual({});
    expect(statementOf(undefined)).toEqual({});
  });
});
