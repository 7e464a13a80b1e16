import type { IdentityDecidedV1 } from '@anamnesis/contracts';
import type { Evidence } from './evidence.js';
import { neighbourhood, partition } from './partition.js';
import { mergeKnown, survivesIn, type PersonGraph, type SourceRecord } from './personGraph.js';

export type IdentityFact = IdentityDecidedV1['facts'][number];
export type LinkAsserted = Extract<IdentityFact, { fact: 'link-asserted' }>;

/** What a decision is about: a Patient as accepted by the record, or a merge that its source asserts. */
export type Observed =
  | { readonly kind: 'patient'; readonly srid: string; readonly evidence: readonly Evidence[] }
  | {
      readonly kind: 'merge';
      readonly survivor: string;
      readonly replaced: string;
      /** The record's intent that carried the merge. */
      readonly sourceIntentId: string;
    };

export interface LinkContext {
  /** Number of this decision in its shard. */
  readonly seq: number;
  /** The person id that a source record gives when it is the first of its person. */
  readonly personOf: (srid: string) => string;
  readonly maximumCarriers: number;
}

export interface LinkDecision {
  readonly outcome: 'accepted' | 'unchanged' | 'rejected';
  readonly code?: 'merge-cycle' | 'merge-self';
  readonly facts: readonly IdentityFact[];
}

interface Regrouping {
  readonly seeds: readonly string[];
  readonly before: readonly Evidence[];
  readonly merge?: { readonly survivor: string; readonly replaced: string };
}

const unchanged: LinkDecision = { outcome: 'unchanged', facts: [] };

function sameEvidence(a: readonly Evidence[], b: readonly Evidence[]): boolean {
  const hashes = (list: readonly Evidence[]): string =>
    list
      .map(one => one.hash)
      .sort()
      .join(' ');
  return hashes(a) === hashes(b);
}

/** The person of a group: the survivor's when a merge made it, else the oldest one whose first record is here. */
function nameOf(
  graph: PersonGraph,
  group: readonly string[],
  { personOf }: LinkContext,
  survivor?: string,
): string {
  const oldest = [...group].sort((a, b) => {
    const [x, y] = [graph.record(a)?.registered ?? Infinity, graph.record(b)?.registered ?? Infinity];
    return x === y ? (a < b ? -1 : 1) : x - y;
  });
  const own = oldest.map(personOf);
  if (survivor !== undefined && group.includes(survivor)) {
    const kept = graph.record(survivor)?.person || personOf(survivor);
    if (own.includes(kept)) return kept;
  }
  const inUse = new Set(group.map(srid => graph.record(srid)?.person));
  return own.find(person => inUse.has(person)) ?? (own[0] as string);
}

function regroup(
  graph: PersonGraph,
  { seeds, before, merge }: Regrouping,
  context: LinkContext,
): LinkAsserted[] {
  const { maximumCarriers, personOf } = context;
  const concerned = neighbourhood(graph, seeds, before, maximumCarriers);
  const moved = partition(graph, concerned, maximumCarriers).flatMap(group => {
    const person = nameOf(graph, group, context, merge?.survivor);
    return group
      .filter(srid => graph.record(srid)?.person !== person || srid === merge?.replaced)
      .map(srid => ({ srid, person, group }));
  });
  const affected = moved.map(one => one.srid).sort();
  const evidenceOf = (srid: string, group: readonly string[]): string[] =>
    (graph.record(srid)?.evidence ?? [])
      .map(one => one.hash)
      .filter(hash => group.some(other => other !== srid && graph.carriers(hash).has(other)));
  return moved.map(({ srid, person, group }, at) => ({
    fact: 'link-asserted' as const,
    srid,
    person,
    epoch: graph.epoch + 1,
    affected,
    last: at === moved.length - 1,
    ...(srid === merge?.replaced
      ? { basis: 'source-merge' as const, evidence: [merge.survivor] }
      : person === personOf(srid)
        ? { basis: 'own' as const, evidence: [] }
        : merge
          ? { basis: 'source-merge' as const, evidence: [] }
          : { basis: 'strong-identifier' as const, evidence: evidenceOf(srid, group) }),
  }));
}

/** A record just met: linked to nobody until its group is found. */
function registered(srid: string, evidence: readonly Evidence[], { seq }: LinkContext): SourceRecord {
  return { srid, evidence, registered: seq, person: '' };
}

function decidePatient(
  graph: PersonGraph,
  { srid, evidence }: { srid: string; evidence: readonly Evidence[] },
  context: LinkContext,
): LinkDecision {
  const known = graph.record(srid);
  if (known && sameEvidence(known.evidence, evidence)) return unchanged;
  graph.setRecord(known ? { ...known, evidence } : registered(srid, evidence, context));
  const links = regroup(graph, { seeds: [srid], before: known?.evidence ?? [] }, context);
  return {
    outcome: 'accepted',
    facts: [
      {
        fact: known ? 'source-record-updated' : 'source-record-registered',
        srid,
        evidence: [...evidence],
      },
      ...links,
    ],
  };
}

function membersOf(graph: PersonGraph, seeds: readonly string[], person: string, max: number): string[] {
  return neighbourhood(graph, seeds, [], max)
    .filter(srid => graph.record(srid)?.person === person)
    .sort();
}

function decideMerge(
  graph: PersonGraph,
  { survivor, replaced, sourceIntentId }: Extract<Observed, { kind: 'merge' }>,
  context: LinkContext,
): LinkDecision {
  if (survivor === replaced) return { outcome: 'rejected', code: 'merge-self', facts: [] };
  const merge = { survivor, replaced };
  if (mergeKnown(graph.mergesOf(replaced), merge)) return unchanged;
  if (survivesIn(graph, survivor, replaced)) return { outcome: 'rejected', code: 'merge-cycle', facts: [] };
  const facts: IdentityFact[] = [];
  const personBefore = (srid: string): { person: string; members: string[] } => {
    const person = graph.record(srid)?.person;
    if (person === undefined) {
      facts.push({ fact: 'source-record-registered', srid, evidence: [] });
      graph.setRecord(registered(srid, [], context));
      return { person: context.personOf(srid), members: [srid] };
    }
    return { person, members: membersOf(graph, [srid], person, context.maximumCarriers) };
  };
  const kept = personBefore(survivor);
  const absorbed = personBefore(replaced);
  graph.addMerge(merge);
  const links = regroup(graph, { seeds: [survivor, replaced], before: [], merge }, context);
  const person = links.find(link => link.srid === survivor)?.person ?? kept.person;
  if (person !== absorbed.person)
    facts.push({
      fact: 'persons-merged',
      survivor: person,
      absorbed: absorbed.person,
      survivorMembers: kept.members,
      absorbedMembers: absorbed.members,
      sourceIntentId,
      epoch: graph.epoch + 1,
    });
  return { outcome: 'accepted', facts: [...facts, ...links] };
}

/**
 * Decides what an observation means for persons. Linking follows strong identifiers and source merges alone; the
 * partition into persons depends on what was observed, never on the order (see {@link partition}).
 * The graph takes the decision in: it is the decider's working copy, and decide and evolve of one observation are
 * one step here. {@link evolve} gives the same graph from the facts.
 */
export function decideLink(graph: PersonGraph, observed: Observed, context: LinkContext): LinkDecision {
  const decision =
    observed.kind === 'patient'
      ? decidePatient(graph, observed, context)
      : decideMerge(graph, observed, context);
  evolve(graph, decision.facts, context.seq);
  return decision;
}

/** Takes the facts of one decision into the graph; a rebuild does nothing else. */
export function evolve(graph: PersonGraph, facts: readonly IdentityFact[], seq: number): void {
  for (const fact of facts) {
    if (fact.fact === 'persons-merged') continue;
    const known = graph.record(fact.srid);
    if (fact.fact === 'link-asserted') {
      graph.setRecord({ evidence: [], registered: seq, ...known, srid: fact.srid, person: fact.person });
      graph.setEpoch(fact.epoch);
      const [survivor] = fact.evidence;
      if (fact.basis === 'source-merge' && survivor !== undefined)
        graph.addMerge({ replaced: fact.srid, survivor });
    } else
      graph.setRecord({ registered: seq, person: '', ...known, srid: fact.srid, evidence: fact.evidence });
  }
}
