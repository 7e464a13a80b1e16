import { createHash } from 'node:crypto';
import {
  derivedId,
  formatCausePosition,
  type EnvelopeRecordedV1,
  type EventAttributes,
} from '@anamnesis/contracts';
import type { IncomingRecord } from '@anamnesis/event-log';
import type { SealedEvent } from '@anamnesis/processing';

/**
 * Sealed bytes above this stay out of the envelope: base64 makes four bytes of three, and a record is at most
 * 16 MiB. They remain in ingress.messages.
 */
export const maxRawBytes = 11 * 1024 * 1024;

/** What stands in for the type of a record whose headers are no event's. */
export const unreadableType = 'unreadable';

export interface Envelope {
  readonly tenant: string;
  readonly payload: EnvelopeRecordedV1;
}

function sha256(value: Buffer | null): string {
  return createHash('sha256')
    .update(value ?? Buffer.alloc(0))
    .digest('hex');
}

/**
 * The envelope of a record that is no event (headers missing or malformed): it is accounted for like any other,
 * under an id made of its position.
 */
function ofUnreadable(record: IncomingRecord, tenant: string, idKey: Uint8Array): Envelope {
  const { headers, topic, partition, offset } = record;
  const eventId =
    headers['ce_id'] || derivedId(idKey, 'event', [unreadableType, topic, String(partition), String(offset)]);
  return {
    tenant: headers['ce_tenant'] || tenant,
    payload: {
      eventId,
      type: headers['ce_type'] || unreadableType,
      topic,
      partition,
      offset,
      appendTime: new Date(record.appendTime).toISOString(),
      producer: headers['ce_source'] || unreadableType,
      correlationId: headers['ce_correlationid'] || eventId,
      contentType: headers['content-type'] || 'application/octet-stream',
      ciphertextHash: sha256(record.value),
      size: record.value?.length ?? 0,
      facts: {},
    },
  };
}

function ofEvent(record: IncomingRecord, a: EventAttributes): EnvelopeRecordedV1 {
  const { value } = record;
  const keepsRaw = a.type === 'message.received.v1' && value !== null && value.length <= maxRawBytes;
  return {
    eventId: a.id,
    type: a.type,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    appendTime: new Date(record.appendTime).toISOString(),
    producer: a.source,
    laneSeq: a.laneSeq,
    edgeSeq: a.edgeSeq,
    causePosition: a.causePosition && formatCausePosition(a.causePosition),
    causationId: a.causationId,
    correlationId: a.correlationId,
    srid: a.srid,
    subject: a.subject,
    keyId: a.keyId,
    plan: a.plan,
    traceparent: a.traceparent,
    contentType: a.contentType,
    ciphertextHash: sha256(value),
    size: value?.length ?? 0,
    facts: a.facts ?? {},
    raw: keepsRaw ? value.toString('base64') : undefined,
  };
}

/**
 * What the transparency log keeps of one record: attributes, hash of the bytes as they stand in the log, and for a
 * received message the sealed bytes, so that its lineage outlives the topic. Never opens anything.
 * `tenant` and `idKey` serve records that name none.
 */
export function envelopeOf(event: SealedEvent, tenant: string, idKey: Uint8Array): Envelope {
  const { record, attributes } = event;
  if (!attributes) return ofUnreadable(record, tenant, idKey);
  return { tenant: attributes.tenant, payload: ofEvent(record, attributes) };
}
