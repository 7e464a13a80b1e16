import {
  derivedId,
  partitionOf,
  topicContract,
  type EventAttributes,
  type RecordsWriteRequestedV1,
} from '@anamnesis/contracts';
import { encodeEvent, type Decisions } from '@anamnesis/processing';
import { httpProblem, type Caller, type ServiceContext, type Tenant } from '@anamnesis/service';
import { idOfCreated, subjectOf } from '../decide/write.js';
import { logTopic } from '../recordsDecider.js';
import type { RecordReads } from '../store/reads.js';
import { requestHash, type WriteResponse } from './writeResponse.js';

/** How long a caller waits for the shard's decider before 503. */
const longestWaitMs = 5_000;

const refusals: Readonly<Record<string, { status: number; code: string }>> = {
  'unknown-id': { status: 405, code: 'ANM_UPDATE_CREATES_NOTHING' },
  'version-conflict': { status: 412, code: 'ANM_VERSION_CONFLICT' },
  'feed-owned': { status: 422, code: 'ANM_FEED_OWNED' },
  'subject-changed': { status: 422, code: 'ANM_SUBJECT_CHANGED' },
  'unknown-patient': { status: 422, code: 'ANM_PATIENT_UNKNOWN' },
};

export interface WriteCommand {
  readonly caller: Caller;
  readonly tenant: Tenant;
  readonly request: RecordsWriteRequestedV1;
  /** The client's `Idempotency-Key`; without one every request is its own. */
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string;
}

/** Appends a client's write as an intent and waits, bounded, for what the decider makes of it. */
export interface Writes {
  /** Raised when it is refused, or not decided in time: 503 with Retry-After, and the same key finds it later. */
  submit(command: WriteCommand): Promise<WriteResponse>;
}

function refuse(code: string | undefined, reason: string | undefined): never {
  const known = refusals[code ?? ''] ?? { status: 422, code: 'ANM_WRITE_REFUSED' };
  throw httpProblem({ ...known, text: reason ?? 'The write was refused' });
}

function answered(response: WriteResponse, request: string): WriteResponse {
  if (response.request !== request)
    throw httpProblem({
      status: 422,
      code: 'ANM_IDEMPOTENCY_KEY_REUSED',
      text: 'This Idempotency-Key was used for another request',
    });
  if (response.action === 'refused') refuse(response.code, response.reason);
  return response;
}

export function createWrites(context: ServiceContext, decisions: Decisions, reads: RecordReads): Writes {
  const { keyring, writer, random, clock } = context;

  /** Says early what the decider would say, so that no key is made for a record that is not there. */
  const check = async (tenant: string, request: RecordsWriteRequestedV1, subject: string): Promise<void> => {
    const { interaction, type, id = '' } = request;
    if (interaction === 'update' && !(await reads.read(tenant, type, id)))
      refuse('unknown-id', 'There is no such resource, and ids are given by the server');
    if (type !== 'Patient' && subject !== '' && !(await reads.read(tenant, 'Patient', subject)))
      refuse('unknown-patient', 'The Patient that the resource refers to is not in the record');
  };

  return {
    async submit({ caller, tenant, request, idempotencyKey, traceparent }) {
      const { idKey, shard, name } = tenant;
      const distinct = idempotencyKey ?? Buffer.from(random(20)).toString('hex');
      const intentId = derivedId(idKey, 'event', ['http', 'records', name, distinct]);
      const asked = requestHash(idKey, request);
      if (idempotencyKey !== undefined) {
        const before = await decisions.find(intentId);
        if (before) return answered(before.response as WriteResponse, asked);
      }
      const id = request.id ?? idOfCreated(idKey, request.type, intentId);
      const subject = subjectOf(request.type, id, request.resource);
      await check(name, request, subject);
      const dataKey =
        subject === ''
          ? keyring.shared(name, intentId)
          : (await keyring.forSealing([{ tenant: name, owner: subject }])).get(subject);
      const key = String(shard);
      const attributes: Omit<EventAttributes, 'type' | 'keyId' | 'contentType'> = {
        id: intentId,
        source: 'records',
        time: new Date(clock()).toISOString(),
        partitionKey: key,
        tenant: name,
        ...(subject === '' ? {} : { srid: subject }),
        subject: caller.sub,
        correlationId: intentId,
        traceparent,
      };
      const decided = decisions.wait(intentId, longestWaitMs);
      await writer.append([
        encodeEvent({ ...attributes, type: 'records.write-requested.v1' }, request, {
          topic: logTopic,
          partition: partitionOf(topicContract(logTopic).layout, shard, key),
          key,
          dataKey,
          random,
        }),
      ]);
      const decision = await decided;
      if (!decision)
        throw httpProblem({
          status: 503,
          code: 'ANM_DECISION_PENDING',
          text: 'The write is in the log and not decided yet: ask again with the same Idempotency-Key',
          retryAfterSeconds: 1,
        });
      return answered(decision.response as WriteResponse, asked);
    },
  };
}
