import fc from 'fast-check';
import type { SealedEvent } from '@anamnesis/processing';
import { memoryMs, withoutSeen, type SeenEdge } from './seenEdges.js';

const event = (id: string, offset: number, appendTime = 0, replayId?: string): SealedEvent => ({
  record: { topic: 'ingress.messages', partition: 0, offset, appendTime, key: 'k', headers: {}, value: null },
  attributes: {
    id,
    source: 'gateway',
    type: 'message.received.v1',
    time: '',
    partitionKey: 'k',
    tenant: 'demo',
    correlationId: id,
    contentType: 'application/json',
    replayId,
  },
});
const none = new Map<string, SeenEdge>();
const after = (events: readonly SealedEvent[]): Map<string, SeenEdge> =>
  new Map(
    events.map(({ record: { partition, offset, appendTime }, attributes }) => [
      attributes?.id ?? '',
      { id: attributes?.id ?? '', partition, offset, seenAt: appendTime },
    ]),
  );

describe('the memory of edge ids', () => {
  it('drops an id at another position, within a batch and across batches', () => {
    const first = [event('a', 1), event('b', 2), event('a', 3)];
    const { fresh, doubled } = withoutSeen(first, none);
    expect(fresh.map(one => one.record.offset)).toEqual([1, 2]);
    expect(doubled.map(one => one.record.offset)).toEqual([3]);
    expect(withoutSeen([event('b', 9)], after(fresh)).doubled).toHaveLength(1);
  });

  it('takes the same position again: it is the same record, read after a crash', () => {
    const { fresh } = withoutSeen([event('a', 1)], after([event('a', 1)]));
    expect(fresh).toHaveLength(1);
  });

  it('forgets after ten minutes, and never held replays', () => {
    const before = after([event('a', 1, 0)]);
    expect(withoutSeen([event('a', 9, memoryMs + 1)], before).fresh).toHaveLength(1);
    expect(withoutSeen([event('a', 9, memoryMs)], before).fresh).toHaveLength(0);
    expect(withoutSeen([event('a', 9, 1, 'replay-1')], before).fresh).toHaveLength(1);
  });

  it('lets each id pass once, however batches are cut and read again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 20 }), fc.nat(20), (ids, cut) => {
        const events = ids.map((id, offset) => event(id, offset));
        const first = withoutSeen(events.slice(0, cut), none);
        const second = withoutSeen(events, after(first.fresh));
        expect(second.fresh.map(one => one.attributes?.id)).toEqual([...new Set(ids)]);
      }),
    );
  });
});
