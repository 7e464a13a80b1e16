import fc from 'fast-check';
import { testContract } from '../testing/contracts.js';
import {
  decideReceipt,
  type EarlierReceipt,
  type ReceiptHeader,
  type ReceiptQuestion,
} from './decideReceipt.js';

const header: ReceiptHeader = {
  controlId: 'C1',
  code: 'ADT',
  trigger: 'A01',
  processingId: 'P',
  version: '2.5.1',
};
const now = Date.UTC(2026, 2, 1);
const ask = (changes: Partial<ReceiptQuestion> = {}) =>
  decideReceipt({ header, content: 'x', contract: testContract(), earlier: [], now, ...changes });
const accepted: EarlierReceipt = {
  content: 'x',
  attempt: 1,
  state: 'accepted',
  parts: [1],
  of: 1,
  at: now - 1_000,
  receivedAt: '2026-02-28T23:59:59.000Z',
};

describe('the receipt rules', () => {
  it.each([
    ['no MSH', 'no-header', 'AE', 100],
    ['unusable delimiters', 'undecodable', 'AE', 100],
    ['past the cap', 'too-large', 'AE', 104],
    ['no MSH-9', { ...header, code: '' }, 'AE', 101],
    ['unknown type', { ...header, code: 'DFT' }, 'AR', 200],
    ['unknown trigger', { ...header, trigger: 'A17' }, 'AR', 201],
    ['no MSH-11', { ...header, processingId: '' }, 'AE', 101],
    ['MSH-11 not accepted', { ...header, processingId: 'T' }, 'AR', 202],
    ['no control id', { ...header, controlId: '' }, 'AE', 101],
  ] as const)('refuse %s', (_what, given, code, condition) => {
    expect(ask({ header: given })).toMatchObject({ kind: 'refuse', refusal: { code, condition } });
  });

  it('look at the version only where the contract restricts it', () => {
    const contract = testContract({ accept: { versions: ['2.3'] } });
    expect(ask().kind).toBe('accept');
    expect(ask({ contract })).toMatchObject({ refusal: { code: 'AR', condition: 203 } });
  });

  it('replay what was accepted, even when the contract would refuse it today', () => {
    const contract = testContract({ accept: { processingIds: ['T'] } });
    expect(ask({ earlier: [accepted], contract })).toMatchObject({ kind: 'replay', attempt: 1 });
  });

  it('make a resend of what failed further on the next attempt', () => {
    const earlier = [{ ...accepted, state: 'failed' as const }];
    expect(ask({ earlier })).toMatchObject({ kind: 'accept', attempt: 2, present: [] });
  });

  it('ask only for the parts that are missing', () => {
    const earlier = [{ ...accepted, parts: [2], of: 3 }];
    expect(ask({ earlier })).toMatchObject({ kind: 'accept', attempt: 1, present: [2] });
  });

  it('never replay other bytes, and never number an attempt twice', () => {
    const receipt = fc.record({
      content: fc.constantFrom('x', 'y'),
      attempt: fc.integer({ min: 1, max: 5 }),
      state: fc.constantFrom('accepted' as const, 'failed' as const, 'refused' as const),
      parts: fc.constant([1]),
      of: fc.constant(1),
      at: fc.integer({ min: now - 100 * 3_600_000, max: now }),
      receivedAt: fc.constant('2026-02-28T00:00:00.000Z'),
    });
    fc.assert(
      fc.property(fc.array(receipt), earlier => {
        const decision = ask({ earlier });
        const own = earlier.filter(one => one.content === 'x');
        if (decision.kind === 'replay') {
          expect(own.some(one => one.state === 'accepted' && one.attempt === decision.attempt)).toBe(true);
        } else expect(own.every(one => one.attempt < decision.attempt)).toBe(true);
      }),
    );
  });
});
