import { derivedId } from '@anamnesis/contracts';
import { authorityOf, derivedAuthority } from '../interface/authority.js';
import type { Built } from '../run/built.js';
import type { Run } from '../run/run.js';
import { ranges } from '../run/write.js';

/** A resource's id and the leaves it comes from. */
export interface ResourceId {
  readonly id: string;
  readonly sources: readonly number[];
  /** The message has used this business key before; the id counts the occurrence. */
  readonly repeated: boolean;
}

/** What ids of one message share. */
export interface IdContext {
  readonly idKey: Uint8Array;
  readonly eventId: string;
  /** How often a business key has occurred in this message, by type and key. */
  readonly seen: Map<string, number>;
}

/** Ids of blueprint §6: business keys per type; undefined where the message lacks the key. */
export function visitId(run: Run, segment: number, context: IdContext): ResourceId | undefined {
  const number = readNumber(run, segment, 19, 4);
  return number && fromKey('Encounter', [number.authority, number.value], number.leaves, context);
}

export function reportId(run: Run, segment: number, context: IdContext): ResourceId | undefined {
  const filler = readNumber(run, segment, 3, 0);
  if (filler === undefined) return undefined;
  const { leaves } = filler;
  const service = [part(run, segment, 4, 1, leaves), part(run, segment, 4, 3, leaves)];
  return fromKey('DiagnosticReport', [filler.authority, filler.value, ...service], leaves, context);
}

export function observationId(
  run: Run,
  segment: number,
  report: Built | undefined,
  context: IdContext,
): ResourceId | undefined {
  if (report === undefined) return undefined;
  const leaves: number[] = [];
  const code = part(run, segment, 3, 1, leaves) || part(run, segment, 3, 2, leaves);
  const system = part(run, segment, 3, 3, leaves);
  const subId = whole(run, segment, 4, leaves);
  const instance = whole(run, segment, 21, leaves);
  if (leaves.length === 0) leaves.push(run.first(segment, 0));
  return fromKey('Observation', [report.id, code, system, subId, instance], leaves, context, true);
}

export function specimenId(run: Run, segment: number, context: IdContext): ResourceId | undefined {
  // SPM-2 is an EIP: the filler's number where there is one, else the placer's.
  for (const component of [2, 1]) {
    if (!run.narrow(...fieldRange(run, segment, 2), 1, component)) continue;
    const { lo, hi } = run;
    const text = (number: number) => (run.narrow(lo, hi, 2, number) ? run.text(run.lo).trim() : '');
    const value = text(1);
    if (value === '') continue;
    const authority = numberAuthority(run, text(2), text(3), text(4));
    const leaves = Array.from({ length: hi - lo }, (_, at) => lo + at);
    return fromKey('Specimen', [authority, value], leaves, context);
  }
  return undefined;
}

/** The last resort: stable for these bytes only (blueprint §6). The caller adds the finding. */
export function messageScopedId(run: Run, type: string, segment: number, context: IdContext): ResourceId {
  const occurrence = count(context, `${type} of the message`);
  const id = derivedId(context.idKey, 'resource', [type, 'message', context.eventId, String(occurrence)]);
  return { id, sources: [run.first(segment, 0), run.segmentEnd(segment)], repeated: false };
}

/**
 * Id of a business key. The first of equals keeps the plain key (Observations always count), so that a key which is
 * used once in every message gives one resource.
 */
function fromKey(
  type: string,
  key: readonly string[],
  leaves: readonly number[],
  context: IdContext,
  counts = false,
): ResourceId {
  const occurrence = count(context, `${type}\u0000${key.join('\u0000')}`);
  const parts = counts || occurrence > 0 ? [...key, String(occurrence)] : key;
  return {
    id: derivedId(context.idKey, 'resource', [type, ...parts]),
    sources: ranges(leaves),
    repeated: !counts && occurrence > 0,
  };
}

function count({ seen }: IdContext, key: string): number {
  const before = seen.get(key) ?? 0;
  seen.set(key, before + 1);
  return before;
}

function fieldRange(run: Run, segment: number, field: number): [number, number] {
  const a = run.first(segment, field);
  const b = run.first(segment, field + 1);
  return a < b ? [a, run.repetitionEnd(a, b)] : [a, a];
}

/** Text of one component, '' when it is empty; its leaf is added to those that the id comes from. */
function part(run: Run, segment: number, field: number, component: number, leaves: number[]): string {
  const [a, b] = fieldRange(run, segment, field);
  if (!run.narrow(a, b, 1, component)) return '';
  const text = run.text(run.lo).trim();
  if (text !== '') leaves.push(run.lo);
  return text;
}

/** Every leaf of the first repetition, told apart by its place unless it is the only one. */
function whole(run: Run, segment: number, field: number, leaves: number[]): string {
  const [a, b] = fieldRange(run, segment, field);
  if (b - a <= 1 && (a === b || (run.component(a) === 1 && run.subcomponent(a) === 1)))
    return a === b ? '' : part(run, segment, field, 1, leaves);
  let text = '';
  for (let leaf = a; leaf < b; leaf += 1) {
    text += `^${run.component(leaf)}.${run.subcomponent(leaf)}=${run.text(leaf).trim()}`;
    leaves.push(leaf);
  }
  return text;
}

/** A number with its authority: CX (authority in component 4) or, with 0, EI (components 2 to 4). */
function readNumber(
  run: Run,
  segment: number,
  field: number,
  authorityComponent: number,
): { value: string; authority: string; leaves: number[] } | undefined {
  const [a, b] = fieldRange(run, segment, field);
  const leaves: number[] = [];
  const value = part(run, segment, field, 1, leaves);
  if (value === '') return undefined;
  const text = (depth: number, lo: number, hi: number, number: number): string => {
    if (!run.narrow(lo, hi, depth, number)) return '';
    leaves.push(run.lo);
    return run.text(run.lo).trim();
  };
  if (authorityComponent === 0) {
    const authority = numberAuthority(run, text(1, a, b, 2), text(1, a, b, 3), text(1, a, b, 4));
    return { value, authority, leaves };
  }
  if (!run.narrow(a, b, 1, authorityComponent))
    return { value, authority: run.plan.interface.numberAuthority, leaves };
  const { lo, hi } = run;
  const authority = numberAuthority(run, text(2, lo, hi, 1), text(2, lo, hi, 2), text(2, lo, hi, 3));
  return { value, authority, leaves };
}

/** A number without its own authority takes the interface's. */
function numberAuthority(run: Run, namespace: string, universalId: string, universalIdType: string): string {
  const contract = run.plan.interface;
  const hd = { namespace, universalId, universalIdType };
  if (namespace === '' && universalId === '') return contract.numberAuthority;
  return authorityOf(contract, hd)?.uri ?? derivedAuthority(hd) ?? contract.numberAuthority;
}
