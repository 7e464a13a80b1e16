import {
  derivedId,
  type EventAttributes,
  type ExceptionRaisedV1,
  type WorkflowCauseObservedV1,
} from '@anamnesis/contracts';
import type { IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import type { RandomBytes } from '@anamnesis/keys';
import { encodeEvent } from '@anamnesis/processing';
import { logTopic, service } from '../names.js';

export interface CauseOptions {
  readonly shard: number;
  readonly idKey: Uint8Array;
  /** Epoch of the topic that the cause was read from. */
  readonly epoch: string;
  /** RFC 3339. */
  readonly time: string;
  readonly random: RandomBytes;
}

/** A registration as the headers of the record's decision tell it; the payload stays closed. */
export function registrationCause(attributes: EventAttributes): WorkflowCauseObservedV1 {
  const from = attributes.facts?.['interface'] ?? attributes.subject;
  return {
    cause: 'registration',
    causeEventId: attributes.id,
    ...(attributes.srid === undefined ? {} : { srid: attributes.srid }),
    ...(from === undefined ? {} : { interface: from }),
  };
}

export function isRegistration({ type, srid, facts = {} }: EventAttributes): boolean {
  return type === 'records.decided.v1' && facts['registration'] === '1' && srid !== undefined;
}

/** Segment, field and byte of an exception as one text; undefined when it names none. */
export function positionOf({ segment, field, byte }: ExceptionRaisedV1['item']): string | undefined {
  const place = [segment, field].filter(part => part !== undefined).join(' ');
  const text = byte === undefined ? place : `${place} @${byte}`.trim();
  return text === '' ? undefined : text;
}

export function exceptionCause(
  attributes: EventAttributes,
  raised: ExceptionRaisedV1,
): WorkflowCauseObservedV1 {
  const { place, code, category, group, ownerRole, act, item, single } = raised;
  const position = positionOf(item);
  return {
    cause: 'exception',
    causeEventId: attributes.id,
    ...(item.srid === undefined ? {} : { srid: item.srid }),
    ...(raised.interface === undefined ? {} : { interface: raised.interface }),
    ...(item.messageType === undefined ? {} : { messageType: item.messageType }),
    exception: {
      service: place.service,
      code,
      category,
      group,
      ownerRole,
      act,
      itemId: item.id,
      single,
      ...(position === undefined ? {} : { position }),
      ...(item.controlHash === undefined ? {} : { controlHash: item.controlHash }),
    },
  };
}

/** The intent for workflow's own log. Nothing in it is patient data, so it is written in clear. */
export function causeIntent(
  record: IncomingRecord,
  attributes: EventAttributes,
  payload: WorkflowCauseObservedV1,
  { shard, idKey, epoch, time, random }: CauseOptions,
): OutgoingRecord {
  const key = String(shard);
  const { plan, replayId } = attributes;
  return encodeEvent(
    {
      id: derivedId(idKey, 'event', [attributes.id, 'workflow.feeder', plan ?? '', replayId ?? '', '0']),
      source: service,
      type: 'workflow.cause-observed.v1',
      time,
      subject: payload.interface,
      partitionKey: key,
      tenant: attributes.tenant,
      srid: payload.srid,
      correlationId: attributes.correlationId,
      causationId: attributes.id,
      causePosition: {
        topic: record.topic,
        epoch,
        partition: record.partition,
        offset: record.offset,
        index: 0,
      },
      plan,
      replayId,
      traceparent: attributes.traceparent,
      facts: { cause: payload.cause },
    },
    payload,
    { topic: logTopic, partition: shard, key, random },
  );
}
