import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hop } from '../fixture/hops.js';
import { causalDepth, causeOfType, descendantsOf } from './chain.js';

describe('the chain of causes', () => {
  const hops = [hop('a', 'outside'), hop('b', 'a'), hop('c', 'b', { type: 'leaf' }), hop('d', 'a')];

  it('counts causes inside the message only', () => {
    expect(Object.fromEntries(causalDepth(hops))).toEqual({ a: 0, b: 1, c: 2, d: 1 });
  });

  it('finds what an event caused, and the cause of a type', () => {
    expect(descendantsOf(hops, 'a').map(one => one.eventId)).toEqual(['b', 'd', 'c']);
    expect(causeOfType(hops, 'c', 'x')?.eventId).toBe('b');
    expect(causeOfType(hops, 'c', 'other')).toBeUndefined();
  });

  it('ends on any graph, cycles included, and a cause is never deeper than its effect', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.option(id))), pairs => {
        const graph = pairs.map(([event, cause]) => hop(event, cause));
        const depth = causalDepth(graph);
        for (const { eventId } of graph) {
          expect(depth.get(eventId)).toBeGreaterThanOrEqual(0);
          descendantsOf(graph, eventId);
          causeOfType(graph, eventId, 'none');
        }
      }),
    );
  });
});
