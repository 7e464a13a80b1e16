import type { RecordsDecidedV1 } from '@anamnesis/contracts';
import { statementOf } from './guard.js';
import {
  keyOf,
  recordKey,
  type Decision,
  type RecordsState,
  type Resource,
  type StoredResource,
} from './types.js';

/** What a decision says beside its payload: whose it is, and which message and part it answered. */
export interface DecidedAbout {
  readonly tenant: string;
  readonly correlationId: string;
  readonly part?: Decision['part'];
}

export interface NewVersion extends StoredResource {
  readonly body: Resource;
}

/** The effect of one decision on the record, as rows. */
export interface Changes {
  readonly versions: readonly NewVersion[];
  /** Stored versions that a newer statement confirmed: only their effective time moves. */
  readonly confirmed: readonly { tenant: string; type: string; id: string; effective: number }[];
  readonly merged?: { readonly tenant: string; readonly replaced: string; readonly survivor: string };
  /** A part waits for the others; or the message is done with and its parts are forgotten. */
  readonly waiting?: { readonly tenant: string; readonly correlationId: string; readonly n: number };
  readonly settled?: { readonly tenant: string; readonly correlationId: string };
}

/** Evolve, first half: the rows that a published decision stands for. Needs nothing but the decision. */
export function changesOf(decided: RecordsDecidedV1, about: DecidedAbout): Changes {
  const { tenant, correlationId, part } = about;
  const versions: NewVersion[] = [];
  const confirmed: { tenant: string; type: string; id: string; effective: number }[] = [];
  for (const result of decided.results) {
    const { type, id, version, subject, code, bodyHash, body } = result;
    const statement = statementOf(result);
    if (body)
      versions.push({
        ...{ tenant, type, id, version, seq: decided.seq, born: decided.seq, subject, bodyHash, body },
        ...statement,
      });
    else if (code === 'confirmed' && statement.effective !== undefined)
      confirmed.push({ tenant, type, id, effective: statement.effective });
  }
  const message = { tenant, correlationId };
  return {
    versions,
    confirmed,
    ...(decided.merge ? { merged: { tenant, ...decided.merge } } : {}),
    ...(part && decided.outcome === 'incomplete' ? { waiting: { ...message, n: part.n } } : {}),
    ...(part && decided.outcome !== 'incomplete' ? { settled: message } : {}),
  };
}

/** Evolve, second half: applies the rows to the state that the next decision looks at. */
export function evolve(state: RecordsState, changes: Changes): void {
  for (const version of changes.versions) {
    const key = keyOf(version.tenant, version.type, version.id);
    state.current.set(key, { ...version, born: state.current.get(key)?.born ?? version.born });
  }
  for (const { tenant, type, id, effective } of changes.confirmed) {
    const key = keyOf(tenant, type, id);
    const stored = state.current.get(key);
    if (stored)
      state.current.set(key, { ...stored, effective: Math.max(effective, stored.effective ?? effective) });
  }
  const { merged, waiting, settled } = changes;
  if (merged) state.merged.set(recordKey(merged.tenant, merged.replaced), merged.survivor);
  if (waiting) {
    const key = recordKey(waiting.tenant, waiting.correlationId);
    state.pending.set(key, new Set([...(state.pending.get(key) ?? []), waiting.n]));
  }
  if (settled) state.pending.delete(recordKey(settled.tenant, settled.correlationId));
}
