import { derivedId, partitionOf, topicContract, type EventAttributes } from '@anamnesis/contracts';
import type { IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import type { DataKey, RandomBytes } from '@anamnesis/keys';
import { encodeEvent, exceptionEvent } from '@anamnesis/processing';
import { rejectionWork } from './decide/rejectionWork.js';
import type { Decision } from './decide/types.js';

export const eventsTopic = 'records.events';
const registrationTriggers = new Set(['A01', 'A04', 'A28']);

/** Routing facts of a decision for headers: readers choose by them without opening the payload. */
export function factsOf({ decided, part }: Decision): Record<string, string> {
  const { results, interface: from, messageType, outcome, code, merge } = decided;
  const wrote = (type: string): boolean => results.some(r => r.type === type && r.body !== undefined);
  const created = (type: string): boolean => results.some(r => r.type === type && r.action === 'created');
  const trigger = messageType?.split('^')[1] ?? '';
  const registration =
    messageType === undefined
      ? created('Patient')
      : registrationTriggers.has(trigger) && (created('Patient') || created('Encounter'));
  return {
    outcome,
    ...(code === undefined ? {} : { code }),
    ...(from === undefined ? {} : { interface: from }),
    ...(wrote('Patient') ? { patients: '1' } : {}),
    ...(merge ? { merge: '1' } : {}),
    ...(registration ? { registration: '1' } : {}),
    ...(part ? { part: `${part.n}/${part.of}` } : {}),
  };
}

export function partOf(facts: EventAttributes['facts']): Decision['part'] {
  const match = /^(\d+)\/(\d+)$/.exec(facts?.['part'] ?? '');
  return match ? { n: Number(match[1]), of: Number(match[2]) } : undefined;
}

/** Id of the event that publishes the decision on an intent. */
export function decisionEventId(idKey: Uint8Array, intent: EventAttributes): string {
  return derivedId(idKey, 'event', [
    intent.id,
    'records.decided',
    intent.plan ?? '',
    intent.replayId ?? '',
    '0',
  ]);
}

export interface Publication {
  readonly intent: EventAttributes;
  readonly shard: number;
  readonly idKey: Uint8Array;
  /** Seals the decision. */
  readonly dataKey: DataKey;
  /** Epoch milliseconds of the decision. */
  readonly time: number;
  readonly random: RandomBytes;
}

/** The decision as it leaves for `records.events`. */
export function decisionEvent(decision: Decision, to: Publication): OutgoingRecord {
  const { intent, shard, idKey, dataKey, time, random } = to;
  const key = String(shard);
  return encodeEvent(
    {
      id: decisionEventId(idKey, intent),
      source: 'records',
      type: 'records.decided.v1',
      time: new Date(time).toISOString(),
      subject: decision.decided.interface,
      partitionKey: key,
      tenant: intent.tenant,
      srid: intent.srid,
      correlationId: intent.correlationId,
      causationId: intent.id,
      plan: intent.plan,
      replayId: intent.replayId,
      traceparent: intent.traceparent,
      facts: factsOf(decision),
    },
    decision.decided,
    {
      topic: eventsTopic,
      partition: partitionOf(topicContract(eventsTopic).layout, shard, key),
      key,
      dataKey,
      random,
    },
  );
}

/** The exception of a rejected message; undefined when the rejection is nobody's work. */
export function rejectionEvent(
  { decided, rejection, part }: Decision,
  record: IncomingRecord,
  to: Omit<Publication, 'dataKey'>,
): OutgoingRecord | undefined {
  const work = rejection && rejectionWork[rejection.code];
  if (!work) return undefined;
  const { intent, shard, idKey, time, random } = to;
  return exceptionEvent(
    {
      interface: decided.interface ?? intent.subject,
      code: rejection.code,
      category: 'rejected',
      single: work.single,
      place: {
        service: 'records',
        stage: 'decide',
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
      },
      reason: rejection.reason,
      ownerRole: work.ownerRole,
      act: work.act,
      item: {
        id: intent.correlationId,
        ...(intent.srid === undefined ? {} : { srid: intent.srid }),
        ...(decided.messageType === undefined ? {} : { messageType: decided.messageType }),
      },
    },
    {
      service: 'records',
      tenant: intent.tenant,
      idKey,
      shard,
      correlationId: intent.correlationId,
      causationId: intent.id,
      traceparent: intent.traceparent,
      time: new Date(time).toISOString(),
      index: part?.n ?? 0,
      random,
    },
  );
}
