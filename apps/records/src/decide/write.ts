import { derivedId, type RecordsWriteRequestedV1 } from '@anamnesis/contracts';
import { apiSource, feedOf } from './content.js';
import { createDrafts } from './drafts.js';
import { sameRecord } from './merged.js';
import { asReplaced } from './patient.js';
import { provenanceOf } from './provenance.js';
import {
  decider,
  recordKey,
  type Decision,
  type DecisionContext,
  type RecordsState,
  type Rejection,
  type Resource,
} from './types.js';

/** Id of a resource born through the API: it follows from the request, so a repeated request finds it. */
export function idOfCreated(idKey: Uint8Array, type: string, intentId: string): string {
  return derivedId(idKey, 'resource', [type, intentId]);
}

/**
 * The source record that a resource is about: a Patient is its own, any other belongs to the Patient of its
 * `subject` (or `patient`) reference; empty when it names none.
 */
export function subjectOf(type: string, id: string, resource: Resource): string {
  if (type === 'Patient') return id;
  const reference = (resource['subject'] ?? resource['patient']) as { reference?: unknown } | undefined;
  if (typeof reference?.reference !== 'string') return '';
  return /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(reference.reference)?.[1] ?? '';
}

function refusal(
  state: RecordsState,
  request: RecordsWriteRequestedV1,
  subject: string,
  drafts: ReturnType<typeof createDrafts>,
  tenant: string,
): Rejection | undefined {
  const { interaction, type, id = '', ifMatch } = request;
  if (subject !== '' && type !== 'Patient' && !drafts.stored('Patient', subject))
    return {
      code: 'unknown-patient',
      reason: 'The Patient that the resource refers to is not in the record',
    };
  if (interaction === 'create') return undefined;
  const stored = drafts.stored(type, id);
  if (!stored)
    return { code: 'unknown-id', reason: 'There is no such resource, and ids are given by the server' };
  if (ifMatch !== undefined && ifMatch !== stored.version)
    return { code: 'version-conflict', reason: `The current version is ${stored.version}` };
  const feed = feedOf(stored.body);
  if (feed !== undefined)
    return { code: 'feed-owned', reason: `The resource is kept by the interface ${feed}` };
  if (!sameRecord(state, tenant, stored.subject, subject))
    return { code: 'subject-changed', reason: 'A resource cannot move to another Patient' };
  return undefined;
}

/** A client's write against the record. Refusals are told to the caller; they are nobody's exception. */
export function decideWrite(
  state: RecordsState,
  request: RecordsWriteRequestedV1,
  context: DecisionContext,
): Decision {
  const { tenant, idKey, intentId } = context;
  const { interaction, type } = request;
  const drafts = createDrafts(state, context);
  const id = interaction === 'create' ? idOfCreated(idKey, type, intentId) : (request.id ?? '');
  const subject = subjectOf(type, id, request.resource);
  const base = {
    intentId,
    intentType: 'records.write-requested.v1',
    seq: context.seq,
    decider,
    decidedAt: new Date(context.appended).toISOString(),
  };
  const rejection = refusal(state, request, subject, drafts, tenant);
  if (rejection) {
    drafts.keep(type, id, subject, rejection.code);
    return {
      decided: {
        ...base,
        outcome: 'rejected',
        ...rejection,
        results: drafts.refused(new Map()).map(result => ({ ...result, code: rejection.code })),
        reads: drafts.reads(),
      },
      rejection,
    };
  }
  const survivor = type === 'Patient' ? state.merged.get(recordKey(tenant, id)) : undefined;
  const sent: Resource = { ...request.resource, resourceType: type, id };
  const content = survivor === undefined ? sent : asReplaced(sent, survivor);
  drafts.write(type, id, subject, content, {});
  const written = drafts.results(apiSource);
  const provenance = provenanceOf(
    written,
    {
      source: apiSource,
      agent: { system: 'urn:anamnesis:user', value: request.actor.sub },
      event: intentId,
      subject,
    },
    context,
  );
  return {
    decided: {
      ...base,
      outcome: provenance ? 'accepted' : 'unchanged',
      results: provenance ? [...written, provenance] : written,
      reads: drafts.reads(),
    },
  };
}
