import { describe, expect, it } from '@jest/globals';
import { wholeEpochs } from './personLinks.js';

const link = (srid: string, person: string, epoch: number) => ({ tenant: 'demo', srid, person, epoch });
const asserted = (srid: string, person: string, epoch: number, last: boolean) => ({
  ...link(srid, person, epoch),
  last,
});

describe('links of identity', () => {
  it('are applied when the last of their epoch is there', () => {
    expect(wholeEpochs([], [asserted('a', 'p', 1, false), asserted('b', 'p', 1, true)])).toEqual({
      applied: [link('a', 'p', 1), link('b', 'p', 1)],
      waiting: [],
    });
  });

  it('wait while it is not, over any number of batches', () => {
    const first = wholeEpochs([], [asserted('a', 'p', 2, false)]);
    expect(first).toEqual({ applied: [], waiting: [link('a', 'p', 2)] });
    const second = wholeEpochs(first.waiting, [asserted('b', 'p', 2, true)]);
    expect(second.applied).toEqual([link('a', 'p', 2), link('b', 'p', 2)]);
  });

  it('of another tenant do not complete an epoch', () => {
    const other = { ...asserted('x', 'q', 1, true), tenant: 'north' };
    const { applied, waiting } = wholeEpochs([link('a', 'p', 1)], [other]);
    expect(applied).toEqual([{ tenant: 'north', srid: 'x', person: 'q', epoch: 1 }]);
    expect(waiting).toEqual([link('a', 'p', 1)]);
  });
});
