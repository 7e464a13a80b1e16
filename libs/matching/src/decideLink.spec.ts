import { decideLink, evolve, type LinkDecision, type Observed } from './decideLink.js';
import type { Evidence } from './evidence.js';
import { createPersonGraph, type PersonGraph } from './personGraph.js';

const strong = (kind: string, hash: string): Evidence => ({ strength: 'strong', kind, hash });
const patient = (srid: string, ...evidence: Evidence[]): Observed => ({ kind: 'patient', srid, evidence });
const merge = (replaced: string, survivor: string): Observed => ({
  kind: 'merge',
  replaced,
  survivor,
  sourceIntentId: `intent ${replaced} ${survivor}`,
});
const context = (seq: number) => ({ seq, personOf: (srid: string) => `p-${srid}`, maximumCarriers: 3 });

function given(...history: Observed[]): { graph: PersonGraph; when: (next: Observed) => LinkDecision } {
  const graph = createPersonGraph();
  history.forEach((observed, at) => decideLink(graph, observed, context(at + 1)));
  return { graph, when: next => decideLink(graph, next, context(history.length + 1)) };
}

const persons = (graph: PersonGraph): Record<string, string> =>
  Object.fromEntries([...graph.records()].map(record => [record.srid, record.person]).sort());

const ss1 = strong('SS', 'ss1');
const ss2 = strong('SS', 'ss2');
const ni1 = strong('NI', 'ni1');

describe('linking on strong identifiers', () => {
  it('gives a record without evidence a person of its own', () => {
    expect(given().when(patient('a'))).toEqual({
      outcome: 'accepted',
      facts: [
        { fact: 'source-record-registered', srid: 'a', evidence: [] },
        {
          fact: 'link-asserted',
          srid: 'a',
          person: 'p-a',
          epoch: 1,
          affected: ['a'],
          last: true,
          basis: 'own',
          evidence: [],
        },
      ],
    });
  });

  it('links a record to the person who carries the same identifier', () => {
    const { facts } = given(patient('a', ss1)).when(patient('b', ss1));
    expect(facts).toContainEqual(
      expect.objectContaining({
        srid: 'b',
        person: 'p-a',
        basis: 'strong-identifier',
        evidence: ['ss1'],
        epoch: 2,
      }),
    );
  });

  it('says unchanged when nothing about the evidence is new', () => {
    expect(given(patient('a', ss1, ni1)).when(patient('a', ni1, ss1))).toEqual({
      outcome: 'unchanged',
      facts: [],
    });
  });

  it('never links two records whose identifiers of one kind differ', () => {
    const { graph } = given(patient('a', ss1, ni1), patient('b', ss2, ni1));
    expect(persons(graph)).toEqual({ a: 'p-a', b: 'p-b' });
  });

  it('takes a link back when a contradiction turns up, as one epoch', () => {
    const before = given(patient('a', ss1, ni1), patient('c', ni1));
    expect(persons(before.graph)).toEqual({ a: 'p-a', c: 'p-a' });
    const { facts } = before.when(patient('b', ss2, ni1));
    expect(persons(before.graph)).toEqual({ a: 'p-a', b: 'p-b', c: 'p-c' });
    const links = facts.filter(fact => fact.fact === 'link-asserted');
    expect(links.map(link => [link.epoch, link.affected, link.last])).toEqual([
      [3, ['b', 'c'], false],
      [3, ['b', 'c'], true],
    ]);
  });

  it('links again when the contradicting identifier is corrected', () => {
    const { graph } = given(patient('a', ss1, ni1), patient('b', ss2, ni1), patient('b', ss1, ni1));
    expect(persons(graph)).toEqual({ a: 'p-a', b: 'p-a' });
  });

  it('stops linking by an identifier that too many records carry', () => {
    const crowd = ['a', 'b', 'c'].map(srid => patient(srid, ss1));
    expect(new Set(Object.values(persons(given(...crowd).graph)))).toEqual(new Set(['p-a']));
    const { graph } = given(...crowd, patient('d', ss1));
    expect(persons(graph)).toEqual({ a: 'p-a', b: 'p-b', c: 'p-c', d: 'p-d' });
  });

  it('keeps records apart that only a chain of others would join against their own identifiers', () => {
    const { graph } = given(
      patient('a', ss1, ni1),
      patient('b', ni1, strong('PPN', 'p1')),
      patient('c', ss2, strong('PPN', 'p1')),
    );
    expect(persons(graph)).toEqual({ a: 'p-a', b: 'p-b', c: 'p-c' });
  });
});

describe('merges asserted by a source', () => {
  it('moves the members of the absorbed person in one epoch, with a snapshot of both', () => {
    const before = given(patient('a', ss1), patient('a2', ss1), patient('b'));
    const { outcome, facts } = before.when(merge('a', 'b'));
    expect(outcome).toBe('accepted');
    expect(facts[0]).toEqual({
      fact: 'persons-merged',
      survivor: 'p-b',
      absorbed: 'p-a',
      survivorMembers: ['b'],
      absorbedMembers: ['a', 'a2'],
      sourceIntentId: 'intent a b',
      epoch: 4,
    });
    expect(persons(before.graph)).toEqual({ a: 'p-b', a2: 'p-b', b: 'p-b' });
    const links = facts.filter(fact => fact.fact === 'link-asserted');
    expect(links.map(link => [link.srid, link.basis, link.epoch, link.last])).toEqual([
      ['a', 'source-merge', 4, false],
      ['a2', 'source-merge', 4, true],
    ]);
    expect(links[0]?.affected).toEqual(['a', 'a2']);
  });

  it('says unchanged the second time', () => {
    expect(given(patient('a'), patient('b'), merge('a', 'b')).when(merge('a', 'b'))).toEqual({
      outcome: 'unchanged',
      facts: [],
    });
  });

  it('registers records it has not met', () => {
    const { graph } = given(merge('a', 'b'));
    expect(persons(graph)).toEqual({ a: 'p-b', b: 'p-b' });
  });

  it('keeps the survivor known by the merge alone when an older person is replaced', () => {
    const before = given(patient('a'));
    const { facts } = before.when(merge('a', 'b'));
    expect(facts).toContainEqual(
      expect.objectContaining({ fact: 'persons-merged', survivor: 'p-b', absorbed: 'p-a' }),
    );
    expect(persons(before.graph)).toEqual({ a: 'p-b', b: 'p-b' });
  });

  it.each([
    ['of two', [merge('a', 'b')], merge('b', 'a')],
    ['of three', [merge('a', 'b'), merge('b', 'c')], merge('c', 'a')],
  ])('refuses a cycle %s', (_, history, last) => {
    expect(given(...history).when(last)).toEqual({ outcome: 'rejected', code: 'merge-cycle', facts: [] });
  });

  it('refuses a record that replaces itself', () => {
    expect(given(patient('a')).when(merge('a', 'a'))).toMatchObject({
      outcome: 'rejected',
      code: 'merge-self',
    });
  });

  it('follows a chain', () => {
    const { graph } = given(patient('a'), patient('b'), patient('c'), merge('a', 'b'), merge('b', 'c'));
    expect(persons(graph)).toEqual({ a: 'p-c', b: 'p-c', c: 'p-c' });
  });

  it('trusts the source over two differing identifiers', () => {
    const { graph } = given(patient('a', ss1), patient('b', ss2), merge('a', 'b'), patient('c', ss1));
    expect(persons(graph)).toEqual({ a: 'p-b', b: 'p-b', c: 'p-b' });
  });

  it('keeps the merge when the identifier that had linked both before is gone', () => {
    const { graph } = given(
      patient('a', ss1),
      patient('b', ss1),
      merge('a', 'b'),
      patient('a'),
      patient('b'),
    );
    expect(persons(graph)).toEqual({ a: 'p-a', b: 'p-a' });
  });
});

describe('evolve', () => {
  it('gives from the facts the graph that deciding left behind', () => {
    const history = [
      patient('a', ss1),
      patient('b', ss1),
      merge('c', 'b'),
      patient('d', ni1),
      merge('d', 'a'),
    ];
    const decided = createPersonGraph();
    const folded = createPersonGraph();
    history.forEach((observed, at) =>
      evolve(folded, decideLink(decided, observed, context(at + 1)).facts, at + 1),
    );
    expect([...folded.records()]).toEqual([...decided.records()]);
    expect(folded.epoch).toBe(decided.epoch);
    expect(folded.mergesOf('d')).toEqual(decided.mergesOf('d'));
  });
});
