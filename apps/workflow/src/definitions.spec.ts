import { choose, parseDefinition } from '@anamnesis/process';
import { createDefinitions, definitions } from './definitions.js';

describe('the definitions that ship', () => {
  it('open one process per cause', () => {
    expect(definitions.triggeredBy('registration').map(one => one.name)).toEqual(['verify-demographics']);
    expect(definitions.triggeredBy('exception').map(one => one.name)).toEqual(['exception']);
    expect(definitions.triggeredBy('weather')).toEqual([]);
  });

  it('give every category of exception a clock', () => {
    const node = definitions.triggeredBy('exception')[0]?.nodes['resolve'];
    const due = (category: string) => (node?.type === 'task' ? choose(node.due, { category }) : undefined);
    expect(['held', 'refused', 'failed', 'parked', 'rejected', 'new'].map(due)).toEqual([
      'PT1H',
      'PT4H',
      'PT4H',
      'PT8H',
      'PT8H',
      'PT24H',
    ]);
  });

  it('open new cases with the newest version and keep older ones for running cases', () => {
    const version = (n: number) =>
      parseDefinition({
        name: 'p',
        version: n,
        zone: 'UTC',
        trigger: { cause: 'c', key: '{k}' },
        start: 'end',
        nodes: { end: { type: 'end', reason: 'done' } },
      });
    const [first, second] = [version(1), version(2)];
    const both = createDefinitions([second, first]);
    expect(both.triggeredBy('c')).toEqual([second]);
    expect(both.byHash(first.hash)).toBe(first);
  });
});
