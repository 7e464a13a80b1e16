import type { Evidence } from './evidence.js';
import type { PersonGraph } from './personGraph.js';

/** Source records that a source itself made one, with all their identifiers. */
interface Unit {
  readonly members: string[];
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
  readonly hashes: readonly string[];
}

function unitOf(members: string[], evidence: readonly Evidence[]): Unit {
  const values = new Map<string, Set<string>>();
  for (const { kind, hash } of evidence) values.set(kind, (values.get(kind) ?? new Set()).add(hash));
  return { members, values, hashes: [...new Set(evidence.map(one => one.hash))] };
}

/** Two units contradict when both have an identifier of one kind and none of that kind in common. */
function contradict(a: Unit, b: Unit): boolean {
  for (const [kind, hashes] of a.values) {
    const others = b.values.get(kind);
    if (others && ![...hashes].some(hash => others.has(hash))) return true;
  }
  return false;
}

function coherent(units: readonly Unit[]): boolean {
  return units.every((a, at) => units.slice(at + 1).every(b => !contradict(a, b)));
}

/** Everything reachable from a start, each once, in the order of discovery. */
function reach<T>(start: Iterable<T>, next: (one: T) => Iterable<T>): T[] {
  const seen = new Set(start);
  for (const one of seen) for (const other of next(one)) seen.add(other);
  return [...seen];
}

function components<T>(all: readonly T[], next: (one: T) => Iterable<T>): T[][] {
  const done = new Set<T>();
  const found: T[][] = [];
  for (const one of all) {
    if (done.has(one)) continue;
    const component = reach([one], next);
    for (const member of component) done.add(member);
    found.push(component);
  }
  return found;
}

function mergedWith(graph: PersonGraph, srid: string): string[] {
  return graph.mergesOf(srid).flatMap(merge => [merge.replaced, merge.survivor]);
}

/**
 * Every source record whose person may change when the records in `seeds` change, given the evidence they had
 * before. An identifier with one carrier too many is still followed: its last change may have tipped it.
 */
export function neighbourhood(
  graph: PersonGraph,
  seeds: readonly string[],
  before: readonly Evidence[],
  maximumCarriers: number,
): string[] {
  const along = (evidence: readonly Evidence[]): string[] =>
    evidence.flatMap(({ hash }) => {
      const carriers = graph.carriers(hash);
      return carriers.size <= maximumCarriers + 1 ? [...carriers] : [];
    });
  return reach([...seeds, ...along(before)], srid => [
    ...mergedWith(graph, srid),
    ...along(graph.record(srid)?.evidence ?? []),
  ]);
}

/**
 * Divides source records into persons. A function of the records, their identifiers and the merges alone, never of
 * their order of arrival:
 * 1. records merged by their source are one unit;
 * 2. an identifier links the units that carry it, unless too many do or two of them contradict each other;
 * 3. units linked through others that contradict each other stay apart, all of them: that is a steward's case.
 */
export function partition(graph: PersonGraph, srids: readonly string[], maximumCarriers: number): string[][] {
  const units = components(srids, srid => mergedWith(graph, srid)).map(members =>
    unitOf(
      members,
      members.flatMap(srid => graph.record(srid)?.evidence ?? []),
    ),
  );
  const carriers = new Map<string, Unit[]>();
  for (const unit of units)
    for (const hash of unit.hashes) carriers.set(hash, [...(carriers.get(hash) ?? []), unit]);
  const usable = new Map(
    [...carriers].filter(
      ([hash, carrying]) => graph.carriers(hash).size <= maximumCarriers && coherent(carrying),
    ),
  );
  return components(units, unit => unit.hashes.flatMap(hash => usable.get(hash) ?? [])).flatMap(linked =>
    coherent(linked) ? [linked.flatMap(unit => unit.members)] : linked.map(unit => unit.members),
  );
}
