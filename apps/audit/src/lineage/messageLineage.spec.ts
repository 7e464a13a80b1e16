import { hop } from '../fixture/hops.js';
import { messageLineage } from './messageLineage.js';

describe('the lineage of a message', () => {
  it('says why a decision changed nothing', () => {
    const hops = [
      hop('m', null, { type: 'message.received.v1', facts: { part: '1/1', code: 'not-of-a-decision' } }),
      hop('d', 'm', {
        type: 'records.decided.v1',
        facts: { outcome: 'unchanged', code: 'older-than-current' },
      }),
    ];
    const lineage = messageLineage({ id: 'm', hops, exceptions: [], tasks: [], resources: [] });
    expect(lineage.state).toBe('recorded');
    expect(lineage.hops.map(({ outcome, code }) => ({ outcome, code }))).toEqual([
      { outcome: undefined, code: undefined },
      { outcome: 'unchanged', code: 'older-than-current' },
    ]);
  });
});
