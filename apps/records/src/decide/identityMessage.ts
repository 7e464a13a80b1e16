import type { RecordsBundleSubmittedV1 } from '@anamnesis/contracts';
import type { Drafts } from './drafts.js';
import { survivorOf } from './merged.js';
import { asReplaced, asSurvivor, minimalPatient } from './patient.js';
import { recordKey, type DecisionContext, type RecordsState, type Rejection } from './types.js';

type Identity = NonNullable<RecordsBundleSubmittedV1['identity']>;

export function unsupportedClass(identity: Identity): Rejection | undefined {
  if (identity.class === 'merge') return undefined;
  return {
    code: 'identity-class-unsupported',
    reason: `Messages of class ${identity.class} (${identity.trigger}) are not acted on by this version`,
  };
}

/** Whether this part is the last of its message to arrive: the merge acts at its position, once. */
export function completes(
  state: RecordsState,
  { part }: RecordsBundleSubmittedV1,
  { tenant, correlationId }: DecisionContext,
): boolean {
  const before = state.pending.get(recordKey(tenant, correlationId));
  const missing = Array.from({ length: part.of }, (_, at) => at + 1).filter(
    n => n !== part.n && !before?.has(n),
  );
  return missing.length === 0;
}

/**
 * Why a merge must be refused: it would make the record its own survivor (A40 rings), or the replaced record
 * already went elsewhere. The same merge again is no refusal.
 */
export function mergeRefusal(
  state: RecordsState,
  { survivor, replaced }: Identity,
  tenant: string,
): Rejection | undefined {
  const already = state.merged.get(recordKey(tenant, replaced));
  if (already === survivor) return undefined;
  if (survivorOf(state, tenant, survivor) === replaced)
    return {
      code: 'merge-cycle',
      reason: 'The surviving record was itself merged into the record to be replaced',
    };
  if (already !== undefined)
    return {
      code: 'merge-conflict',
      reason: 'The record to be replaced was already merged into another record',
    };
  return undefined;
}

/** Writes both sides of a merge into the drafts; a side that is not there yet is made, with nothing but its id. */
export function linkMerged(drafts: Drafts, { survivor, replaced }: Identity): void {
  for (const [srid, linked] of [[survivor, asSurvivor] as const, [replaced, asReplaced] as const]) {
    const seen = drafts.seen('Patient', srid);
    const other = srid === survivor ? replaced : survivor;
    drafts.write('Patient', srid, srid, linked(seen?.body ?? minimalPatient(srid), other), {
      effective: seen?.effective,
      rank: seen?.rank,
    });
  }
}
