import fc from 'fast-check';
import type { EventAttributes } from '@anamnesis/contracts';
import { mark, type Marks } from './marks.js';

const base: EventAttributes = {
  id: 'e',
  source: 'translation',
  type: 't.v1',
  time: '',
  partitionKey: 'k',
  tenant: 'demo',
  correlationId: 'e',
  contentType: 'application/json',
};
const caused = (offset: number, index = 0, epoch = 'a'): EventAttributes => ({
  ...base,
  causePosition: { topic: 'ingress.messages', epoch, partition: 0, offset, index },
});
const laned = (laneSeq: number): EventAttributes => ({ ...base, source: 'records', laneSeq });

function take(events: readonly EventAttributes[]): EventAttributes[] {
  let marks: Marks = {};
  return events.filter(event => {
    const verdict = mark(marks, event);
    if (verdict.kind === 'new') marks = verdict.marks;
    return verdict.kind === 'new';
  });
}

describe('high-water marks', () => {
  it('take each event once when any prefix is delivered again', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1000), { minLength: 1 }), fc.nat(), (offsets, cut) => {
        const once = [...offsets].sort((a, b) => a - b).map(offset => caused(offset));
        const again = [...once.slice(0, cut % once.length), ...once];
        expect(take(again)).toEqual(once);
      }),
    );
  });

  it('tell several outputs of one cause apart by index', () => {
    expect(take([caused(1, 0), caused(1, 1), caused(1, 0), caused(1, 1)])).toEqual([
      caused(1, 0),
      caused(1, 1),
    ]);
  });

  it('start anew when the topic of the cause was re-created', () => {
    expect(take([caused(9), caused(1, 0, 'b')])).toHaveLength(2);
  });

  it('drop what a zombie of the lane sends late', () => {
    expect(take([laned(1), laned(2), laned(3), laned(2), laned(4)]).map(e => e.laneSeq)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('report a hole in a lane instead of passing over it', () => {
    expect(mark({ 'lane records': '4' }, laned(6))).toMatchObject({
      kind: 'gap',
      lane: 'records',
      expected: 5,
      found: 6,
    });
  });

  it('leave events without a position to the stores of the edge', () => {
    expect(mark({}, base)).toEqual({ kind: 'unmarked' });
  });
});
