import { describe, expect, it } from '@jest/globals';
import { hop, raised } from '../fixture/hops.js';
import type { HopRow } from '../store/hopStore.js';
import { messageState, partOutcomes } from './state.js';

function received(id: string, part = '1/1'): HopRow {
  return hop(id, null, { type: 'message.received.v1', facts: { part } });
}

function decided(id: string, outcome: string): HopRow[] {
  return [
    hop(`${id}-t`, id, { type: 'message.translated.v1' }),
    hop(`${id}-d`, `${id}-t`, { type: 'records.decided.v1', facts: { outcome } }),
  ];
}

describe('the state of a message', () => {
  const state = (hops: HopRow[], exceptions = [] as ReturnType<typeof raised>[]) =>
    messageState(partOutcomes(hops, exceptions), exceptions);

  it.each([
    ['received only', [received('m')], [], 'pending'],
    ['accepted', [received('m'), ...decided('m', 'accepted')], [], 'recorded'],
    ['unchanged', [received('m'), ...decided('m', 'unchanged')], [], 'recorded'],
    ['rejected', [received('m'), ...decided('m', 'rejected')], [], 'exception'],
    ['parked', [received('m')], [raised({ itemId: 'm' })], 'exception'],
    [
      'parked, then released and accepted',
      [received('m'), ...decided('m', 'accepted')],
      [raised({ itemId: 'm' })],
      'recorded',
    ],
    ['refused', [], [raised({ itemId: 'm', category: 'refused' })], 'refused'],
    ['first part alone', [received('a', '1/2'), ...decided('a', 'incomplete')], [], 'pending'],
    [
      'both parts',
      [
        received('a', '1/2'),
        received('b', '2/2'),
        ...decided('a', 'incomplete'),
        ...decided('b', 'accepted'),
      ],
      [],
      'recorded',
    ],
    [
      'one part rejected',
      [received('a', '1/2'), received('b', '2/2'), ...decided('a', 'accepted'), ...decided('b', 'rejected')],
      [],
      'exception',
    ],
    [
      'one part parked',
      [received('a', '1/2'), received('b', '2/2'), ...decided('a', 'accepted')],
      [raised({ itemId: 'b' })],
      'exception',
    ],
    [
      'a part that never came, and somebody told',
      [received('a', '1/2'), ...decided('a', 'incomplete')],
      [raised({ itemId: 'message', code: 'missing-part' })],
      'exception',
    ],
  ] as const)('is, %s', (_name, hops, exceptions, expected) => {
    expect(state([...hops], [...exceptions])).toBe(expected);
  });

  it('follows the newest decision', () => {
    const hops = [received('m'), ...decided('m', 'rejected'), ...decided('m', 'accepted')];
    expect(state(hops)).toBe('recorded');
  });
});
