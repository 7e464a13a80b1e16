import fc from 'fast-check';
import { decideLink, evolve, type Observed } from './decideLink.js';
import type { Evidence } from './evidence.js';
import { partition } from './partition.js';
import { createPersonGraph, type PersonGraph } from './personGraph.js';

const maximumCarriers = 3;
const srid = fc.constantFrom(...'abcdefgh');
const evidence = fc
  .uniqueArray(fc.tuple(fc.constantFrom('SS', 'NI', 'PPN'), fc.integer({ min: 1, max: 3 })), {
    maxLength: 3,
    selector: ([kind, n]) => `${kind}${n}`,
  })
  .map(pairs => pairs.map(([kind, n]): Evidence => ({ strength: 'strong', kind, hash: `${kind}${n}` })));
const merges = fc.array(fc.record({ replaced: srid, survivor: srid }), { maxLength: 4 });
/** One Patient per record: the last version is what an arrival order may not change. */
const patients = fc.uniqueArray(fc.record({ srid, evidence }), { selector: one => one.srid });

const arrivals = fc
  .tuple(patients, merges)
  .map(([records, asserted]): Observed[] => [
    ...records.map(record => ({ kind: 'patient' as const, ...record })),
    ...asserted.map(merge => ({ kind: 'merge' as const, ...merge, sourceIntentId: 'i' })),
  ])
  .chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));

function run(list: readonly Observed[], watch?: (graph: PersonGraph, before: number) => void): PersonGraph {
  const graph = createPersonGraph();
  list.forEach((observed, at) => {
    const before = graph.epoch;
    decideLink(graph, observed, { seq: at + 1, personOf: id => `p-${id}`, maximumCarriers });
    watch?.(graph, before);
  });
  return graph;
}

function groups(graph: PersonGraph): string[] {
  const byPerson = new Map<string, string[]>();
  for (const { srid: id, person } of graph.records())
    byPerson.set(person, [...(byPerson.get(person) ?? []), id].sort());
  return [...byPerson.values()].map(members => members.join('')).sort();
}

describe('partition into persons', () => {
  it('is the same for every order of arrival', () => {
    fc.assert(
      fc.property(arrivals, ([one, other]) => {
        expect(groups(run(other))).toEqual(groups(run(one)));
      }),
      { numRuns: 500 },
    );
  });

  it('reached step by step is the partition of the whole', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({ srid, evidence }).map((r): Observed => ({ kind: 'patient', ...r })),
            fc
              .record({ replaced: srid, survivor: srid })
              .map((m): Observed => ({ kind: 'merge', ...m, sourceIntentId: 'i' })),
          ),
          { maxLength: 24 },
        ),
        list => {
          const graph = run(list);
          const whole = partition(
            graph,
            [...graph.records()].map(record => record.srid),
            maximumCarriers,
          );
          expect(groups(graph)).toEqual(whole.map(members => [...members].sort().join('')).sort());
        },
      ),
      { numRuns: 500 },
    );
  });

  it('names each person after one of its own members, so a person taken apart leaves no id in two places', () => {
    fc.assert(
      fc.property(arrivals, ([list]) => {
        const graph = run(list);
        for (const { person } of graph.records())
          expect([...graph.records()].some(r => r.person === person && `p-${r.srid}` === person)).toBe(true);
      }),
    );
  });

  it('counts epochs one by one, and facts alone give the same graph', () => {
    fc.assert(
      fc.property(arrivals, ([list]) => {
        const graph = createPersonGraph();
        const folded = createPersonGraph();
        list.forEach((observed, at) => {
          const before = graph.epoch;
          const context = { seq: at + 1, personOf: (id: string) => `p-${id}`, maximumCarriers };
          const { facts } = decideLink(graph, observed, context);
          const links = facts.filter(fact => fact.fact === 'link-asserted');
          expect(graph.epoch).toBe(links.length === 0 ? before : before + 1);
          expect(links.filter(link => link.last)).toHaveLength(links.length === 0 ? 0 : 1);
          for (const link of links) expect(link.affected).toEqual(links.map(l => l.srid).sort());
          evolve(folded, facts, at + 1);
        });
        expect(groups(folded)).toEqual(groups(graph));
        expect([...folded.records()]).toEqual([...graph.records()]);
      }),
    );
  });
});
