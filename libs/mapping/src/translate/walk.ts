import type { Group } from '@anamnesis/hl7v2';
import { applyIgnoreToSegment } from '../compile/compileMaps.js';
import { engineRules, type CompiledMessageMap, type CompiledUse } from '../plan/compiledPlan.js';
import { applyToSegment } from '../run/apply.js';
import type { Built } from '../run/built.js';
import { IGNORED, MAPPED, type Run } from '../run/run.js';
import { writeReference } from '../run/write.js';
import {
  messageScopedId,
  observationId,
  reportId,
  specimenId,
  visitId,
  type IdContext,
  type ResourceId,
} from './ids.js';
import type { NamedPatient } from './sourceRecords.js';

/** What the walk over the segments needs to know beside the message. */
export interface Walk {
  readonly run: Run;
  readonly map: CompiledMessageMap;
  readonly ids: IdContext;
  /** The source record that this part of the message is about. */
  readonly srid: string;
  /** The patient that each PID and MRG names, by segment. */
  readonly patients: ReadonlyMap<number, NamedPatient>;
  /** The source record that the segments after the last PID are about; '' before any PID: shared by all parts. */
  owner: string;
}

/** Runs the maps over every segment that is about this part's source record, in message order. */
export function walkMessage(walk: Walk, root: Group): void {
  walk.owner = '';
  walkGroup(walk, root);
}

function walkGroup(walk: Walk, group: Group): void {
  for (const type of walk.map.groups.get(group.name) ?? []) walk.run.open.delete(type);
  const { segments, children } = group;
  let child = 0;
  for (const segment of segments) {
    for (; child < children.length && firstOf(children[child] as Group) < segment; child += 1)
      walkGroup(walk, children[child] as Group);
    walkSegment(walk, segment, group.name);
  }
  for (; child < children.length; child += 1) walkGroup(walk, children[child] as Group);
}

function firstOf(group: Group): number {
  const own = group.segments[0] ?? Number.POSITIVE_INFINITY;
  const below = group.children[0];
  return below === undefined ? own : Math.min(own, firstOf(below));
}

function walkSegment(walk: Walk, segment: number, groupName: string): void {
  const { run, map, patients, srid } = walk;
  const a = run.first(segment, 0);
  const b = run.segmentEnd(segment);
  // A bare name says nothing: a resource of it would come from no bytes.
  if (a >= b) return;
  const patient = patients.get(segment);
  if (patient?.role === 'subject') walk.owner = patient.srid;
  const about = patient?.srid ?? walk.owner;
  if (about !== '' && about !== srid) {
    run.mark(a, b, IGNORED);
    run.used[engineRules.otherRecord] = 1;
    return;
  }
  for (const use of map.uses.get(run.message.segmentName(segment)) ?? []) {
    if (use.in !== undefined && use.in !== groupName) continue;
    if (use.condition !== undefined && !use.condition(run, segment, a, b, 1)) continue;
    applyUse(walk, use, segment);
    return;
  }
}

function applyUse(walk: Walk, use: CompiledUse, segment: number): void {
  const { run } = walk;
  const built = use.create === undefined ? run.open.get(use.extend ?? '') : create(walk, use, segment);
  const map = built?.authority === 'reference' ? use.reference : use.feed;
  if (built !== undefined) {
    const spot = { node: built.resource, path: '', built };
    for (const rule of map.rules.rulesFor(gateValue(run, segment, map.rules.field)))
      applyToSegment(run, rule, segment, spot);
  } else if (use.extend !== undefined) return;
  for (const ignore of map.ignores) applyIgnoreToSegment(run, ignore, segment);
}

function gateValue(run: Run, segment: number, field: number): string {
  if (field === 0) return '';
  const a = run.first(segment, field);
  return a < run.first(segment, field + 1) ? run.text(a).trim() : '';
}

function create(walk: Walk, use: CompiledUse, segment: number): Built {
  const { run, srid } = walk;
  const type = use.create ?? '';
  const { id, sources } = idOf(walk, use, segment);
  const built: Built = {
    type,
    id,
    resource: { resourceType: type, id },
    authority: run.plan.interface.authoritative.some(one => one === type) ? 'feed' : 'reference',
    subject: srid,
    idSources: sources,
    entries: [],
    segment,
  };
  const [a = 0, b = 0, ...more] = sources;
  built.entries.push({ path: '.id', label: use.idLabel, a, b, more: more.length === 0 ? undefined : more });
  if (use.id !== undefined)
    for (let at = 0; at + 1 < sources.length; at += 2)
      if (!isWholeSegment(run, segment, sources)) run.mark(sources[at] ?? 0, sources[at + 1] ?? 0, MAPPED);
  run.use(use.idLabel);
  run.open.set(type, built);
  run.built.push(built);
  const lister = use.listIn && run.open.get(use.listIn.resource);
  if (use.listIn && lister)
    writeReference(run, use.listIn.target, built, use.listIn.label, {
      node: lister.resource,
      path: '',
      built: lister,
    });
  return built;
}

/** A message-scoped id comes from the segment as a whole, which maps none of its leaves. */
function isWholeSegment(run: Run, segment: number, sources: readonly number[]): boolean {
  return (
    sources[0] === run.first(segment, 0) && sources[1] === run.segmentEnd(segment) && sources.length === 2
  );
}

function idOf(walk: Walk, use: CompiledUse, segment: number): ResourceId {
  const { run, ids } = walk;
  const type = use.create ?? '';
  const a = run.first(segment, 0);
  const found = businessId(walk, use, segment);
  if (found === undefined) {
    run.find(
      {
        rule: 'id/message-scoped',
        severity: 'warning',
        note: `The message lacks the business key of this ${type}; another message cannot update it.`,
      },
      a,
      run.segmentEnd(segment),
      type,
    );
    return messageScopedId(run, type, segment, ids);
  }
  if (found.repeated)
    run.find(
      {
        rule: 'id/repeated-key',
        severity: 'warning',
        note: `The business key of this ${type} occurs twice.`,
      },
      a,
      run.segmentEnd(segment),
      `${type}/${found.id}`,
    );
  return found;
}

function businessId(walk: Walk, use: CompiledUse, segment: number): ResourceId | undefined {
  const { run, ids } = walk;
  switch (use.id) {
    case 'source-record':
      return { id: walk.srid, sources: patientSources(walk, segment), repeated: false };
    case 'visit':
      return visitId(run, segment, ids);
    case 'report':
      return reportId(run, segment, ids);
    case 'observation':
      return observationId(run, segment, run.open.get('DiagnosticReport'), ids);
    case 'specimen':
      return specimenId(run, segment, ids);
    default:
      return undefined;
  }
}

/** The number and the authority that the srid comes from. */
function patientSources({ run, patients }: Walk, segment: number): number[] {
  const cx = patients.get(segment)?.cx;
  if (cx === undefined) return [run.first(segment, 0), run.segmentEnd(segment)];
  let a = run.first(segment, cx.field);
  const b = run.first(segment, cx.field + 1);
  while (a < b && run.repetition(a) !== cx.repetition) a += 1;
  const end = run.repetitionEnd(a, b);
  const sources: number[] = [];
  for (const component of [1, 4]) if (run.narrow(a, end, 1, component)) sources.push(run.lo, run.hi);
  return sources;
}
