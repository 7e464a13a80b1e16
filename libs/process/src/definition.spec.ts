import { choose, parseDefinition } from './definition.js';

const minimal = {
  name: 'minimal',
  version: 1,
  zone: 'UTC',
  trigger: { cause: 'registration', key: '{srid}' },
  start: 'look',
  nodes: {
    look: { type: 'task', title: 'Look', act: 'Look', ownerRole: 'registrar', due: 'PT1H', next: 'done' },
    done: { type: 'end', reason: 'done' },
  },
};
const withNodes = (nodes: Record<string, unknown>): unknown => ({
  ...minimal,
  nodes: { ...minimal.nodes, ...nodes },
});

describe('process definitions', () => {
  it('hash by content, whatever the order of the keys', () => {
    const { nodes, ...rest } = minimal;
    expect(parseDefinition({ nodes, ...rest }).hash).toBe(parseDefinition(minimal).hash);
    expect(parseDefinition({ ...minimal, version: 2 }).hash).not.toBe(parseDefinition(minimal).hash);
  });

  it.each([
    ['is not an object', null, /without a name/],
    ['has a field nobody knows', { ...minimal, script: 'rm' }, /additional properties/],
    ['starts nowhere', { ...minimal, start: 'gone' }, /"gone", which does not exist/],
    ['leads nowhere', withNodes({ look: { ...minimal.nodes.look, next: 'gone' } }), /nodes\/look\/next/],
    ['has an idle node', withNodes({ idle: { type: 'end', reason: 'x' } }), /nodes\/idle is never reached/],
    [
      'never ends',
      withNodes({ look: { ...minimal.nodes.look, next: 'look' }, done: minimal.nodes.look }),
      /no end|never reached/,
    ],
    [
      'has a clock that is none',
      withNodes({ look: { ...minimal.nodes.look, due: 'tomorrow' } }),
      /"tomorrow" is not an ISO 8601/,
    ],
    ['lives in no time zone', { ...minimal, zone: 'Mars/Olympus' }, /not an IANA time zone/],
  ])('refuses one that %s', (_, json, sentence) => {
    expect(() => parseDefinition(json)).toThrow(sentence);
    expect(() => parseDefinition(json)).toThrow(
      expect.objectContaining({ code: 'ANM_PROCESS_DEFINITION_INVALID' }),
    );
  });

  it('fills texts from the cause and says when a field is missing', () => {
    expect(choose('Resolve {code} in {service}', { code: 'no-map', service: 'translation' })).toBe(
      'Resolve no-map in translation',
    );
    expect(choose('Resolve {code}', {})).toBeUndefined();
    const table = { on: 'category', rows: { held: 'PT1H' }, otherwise: 'PT8H' };
    expect(choose(table, { category: 'held' })).toBe('PT1H');
    expect(choose(table, { category: 'constructor' })).toBe('PT8H');
    expect(choose(table, {})).toBe('PT8H');
  });
});
