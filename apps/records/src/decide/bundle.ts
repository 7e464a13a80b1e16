import type { RecordsBundleSubmittedV1 } from '@anamnesis/contracts';
import { sourceOfInterface } from './content.js';
import { createDrafts, type Drafts } from './drafts.js';
import { heldBack, instantOf, later, type Statement } from './guard.js';
import { completes, linkMerged, mergeRefusal, unsupportedClass } from './identityMessage.js';
import { sameRecord } from './merged.js';
import { asReplaced, contradictions, patientUpdate } from './patient.js';
import { provenanceOf } from './provenance.js';
import {
  decider,
  keyOf,
  recordKey,
  type DecidedResult,
  type Decision,
  type DecisionContext,
  type RecordsState,
  type Rejection,
  type Resource,
} from './types.js';

type ResourceIntent = RecordsBundleSubmittedV1['resources'][number];

const wrongPatient = (what: string): Rejection => ({
  code: 'wrong-patient',
  reason: `${what}: nothing of the message was filed`,
});

/** Content of a feed's write over what is there. */
function feedContent(
  state: RecordsState,
  tenant: string,
  intent: ResourceIntent,
  before: Resource | undefined,
): Resource {
  if (intent.type !== 'Patient') return intent.resource;
  const content = before ? patientUpdate(before, intent.resource) : intent.resource;
  const survivor = state.merged.get(recordKey(tenant, intent.id));
  return survivor === undefined ? content : asReplaced(content, survivor);
}

/** Places one resource of a message in the drafts; answers why the whole message must be refused, if it must. */
function place(
  state: RecordsState,
  drafts: Drafts,
  intent: ResourceIntent,
  authority: ResourceIntent['authority'],
  tenant: string,
  fallback: string | undefined,
): Rejection | undefined {
  const { type, id, subject } = intent;
  const seen = drafts.seen(type, id);
  const statement: Statement = {
    effective: instantOf(intent.effectiveTime ?? fallback),
    rank: intent.statusRank,
  };
  if (!seen) {
    drafts.write(type, id, subject, feedContent(state, tenant, intent, undefined), statement);
    return undefined;
  }
  drafts.keep(type, id, subject, 'not-authoritative');
  if (!sameRecord(state, tenant, seen.subject, subject))
    return wrongPatient(`${type} belongs to another source record`);
  if (authority === 'feed') {
    const reason = heldBack(seen, statement);
    if (reason) drafts.keep(type, id, subject, reason);
    else
      drafts.write(type, id, subject, feedContent(state, tenant, intent, seen.body), later(seen, statement));
    return undefined;
  }
  if (authority === 'reference' && type === 'Patient' && seen.body) {
    const elements = contradictions(seen.body, intent.resource);
    if (elements.length > 0)
      return wrongPatient(`Patient data contradicts the record in ${elements.join(', ')}`);
  }
  return undefined;
}

function outcomeOf(results: readonly DecidedResult[]): { outcome: 'accepted' | 'unchanged'; code?: string } {
  if (results.some(result => result.body)) return { outcome: 'accepted' };
  const codes = new Set(results.map(result => result.code));
  const code = ['older-than-current', 'lower-status', 'confirmed', 'same-content', 'not-authoritative'].find(
    one => codes.has(one),
  );
  return { outcome: 'unchanged', ...(code === undefined ? {} : { code }) };
}

/** A message's bundle against the record: accepted, unchanged, incomplete, or refused as a whole. */
export function decideBundle(
  state: RecordsState,
  intent: RecordsBundleSubmittedV1,
  context: DecisionContext,
): Decision {
  const { tenant } = context;
  const { identity } = intent;
  const drafts = createDrafts(state, context);
  const part = identity ? { part: { n: intent.part.n, of: intent.part.of } } : {};
  const base = {
    intentId: context.intentId,
    intentType: 'records.bundle-submitted.v1',
    seq: context.seq,
    decider,
    decidedAt: new Date(context.appended).toISOString(),
    interface: intent.interface,
    messageType: intent.messageType,
  };
  const refuse = (rejection: Rejection, culprits = new Map<string, string>()): Decision => {
    for (const { type, id, subject } of intent.resources) drafts.keep(type, id, subject, rejection.code);
    return {
      decided: {
        ...base,
        outcome: 'rejected',
        code: rejection.code,
        reason: rejection.reason,
        results: drafts.refused(culprits),
        reads: drafts.reads(),
      },
      ...part,
      rejection,
    };
  };

  const unsupported = identity && unsupportedClass(identity);
  if (unsupported) return refuse(unsupported);
  for (const one of intent.resources) {
    // The replaced side of a merge message only names the record that goes; it says nothing about the person.
    const onlyNamed = one.type === 'Patient' && one.id === identity?.replaced;
    const authority = onlyNamed ? 'reference' : one.authority;
    const rejection = place(state, drafts, one, authority, tenant, intent.effectiveTime);
    if (rejection) return refuse(rejection, new Map([[keyOf(tenant, one.type, one.id), rejection.code]]));
  }

  const complete = identity !== undefined && completes(state, intent, context);
  let merge: { survivor: string; replaced: string } | undefined;
  if (identity && complete) {
    const rejection = mergeRefusal(state, identity, tenant);
    if (rejection) return refuse(rejection);
    if (state.merged.get(recordKey(tenant, identity.replaced)) === undefined)
      merge = { survivor: identity.survivor, replaced: identity.replaced };
    linkMerged(drafts, identity);
  }

  const source = sourceOfInterface(intent.interface);
  const written = drafts.results(source);
  const provenance = provenanceOf(
    written,
    {
      source,
      agent: { system: 'urn:anamnesis:interface', value: intent.interface },
      event: context.correlationId,
      subject: intent.part.srids[intent.part.n - 1] ?? '',
      occurred: instantOf(intent.effectiveTime),
    },
    context,
  );
  const results = provenance ? [...written, provenance] : written;
  const outcome = identity && !complete ? { outcome: 'incomplete' as const } : outcomeOf(results);
  return {
    decided: { ...base, ...outcome, results, reads: drafts.reads(), ...(merge ? { merge } : {}) },
    ...part,
  };
}
