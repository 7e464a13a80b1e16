import {
  derivedId,
  partitionOf,
  shardOf,
  topicContract,
  type EventAttributes,
  type MessageReceivedV1,
} from '@anamnesis/contracts';
import type { IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import type { DataKey } from '@anamnesis/keys';
import { translate, type Translation, type TranslationFailure } from '@anamnesis/mapping';
import { encodeEvent, exceptionEvent, type DecodedEvent, type ParkedMessage } from '@anamnesis/processing';
import { failures, type ParkedCode } from './failures.js';
import type { LoadedPlan } from './plans.js';

export const inputTopic = 'ingress.messages';
export const outputTopic = 'clinical.translated';

/** What translating needs beside the message. */
export interface TranslationContext {
  readonly idKey: Uint8Array;
  readonly epoch: string;
  /** RFC 3339, for `ce_time`. */
  readonly time: string;
  readonly random: (size: number) => Buffer;
}

/** One message: its translation for the record, or the message set aside with an exception for its owner. */
export type TranslatedMessage =
  | { readonly kind: 'translated'; readonly record: OutgoingRecord }
  | { readonly kind: 'parked'; readonly record?: OutgoingRecord; readonly parked: ParkedMessage };

function positionOf(record: IncomingRecord, epoch: string) {
  return { topic: record.topic, epoch, partition: record.partition, offset: record.offset, index: 0 };
}

/** Sets a message aside alone; the record it was read from stays what it is. */
export function parkMessage(
  record: IncomingRecord,
  attributes: EventAttributes,
  code: ParkedCode,
  detail: {
    reason: string;
    position?: TranslationFailure['position'];
    acts?: Readonly<Record<string, string>>;
  },
  { idKey, epoch, time, random }: TranslationContext,
): TranslatedMessage {
  const { facts = {} } = attributes;
  const type = facts['type'] ?? '';
  const failure = failures[code];
  const exception = exceptionEvent(
    {
      interface: attributes.subject,
      code,
      category: 'parked',
      single: failure.single,
      rule: failure.rule?.(type),
      place: {
        service: 'translation',
        stage: 'translate',
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
      },
      reason: detail.reason,
      ownerRole: failure.ownerRole,
      act: detail.acts?.[code] ?? failure.act(type),
      item: {
        id: attributes.id,
        ...(attributes.srid === undefined ? {} : { srid: attributes.srid }),
        ...(facts['control'] === undefined ? {} : { controlHash: facts['control'] }),
        ...(type === '' ? {} : { messageType: type }),
        ...detail.position,
      },
    },
    {
      service: 'translation',
      tenant: attributes.tenant,
      idKey,
      shard: shardOf(topicContract(inputTopic).layout, record.partition),
      correlationId: attributes.correlationId,
      causationId: attributes.id,
      causePosition: positionOf(record, epoch),
      traceparent: attributes.traceparent,
      time,
      random,
    },
  );
  return { kind: 'parked', record: exception, parked: { record, code } };
}

function translatedRecord(
  { payload, outputHash, lineageHash, ruleSetHash }: Translation,
  record: IncomingRecord,
  attributes: EventAttributes,
  dataKey: DataKey | undefined,
  { idKey, epoch, time, random }: TranslationContext,
): OutgoingRecord {
  const { plan = '', replayId } = attributes;
  const srid = attributes.srid ?? attributes.partitionKey;
  const { total, mapped, ignored, reported } = payload.leaves;
  const { layout } = topicContract(outputTopic);
  return encodeEvent(
    {
      id: derivedId(idKey, 'event', [attributes.id, 'translation', plan, replayId ?? '', '0']),
      source: 'translation',
      type: 'message.translated.v1',
      time,
      subject: attributes.subject,
      partitionKey: srid,
      tenant: attributes.tenant,
      srid,
      correlationId: attributes.correlationId,
      causationId: attributes.id,
      causePosition: positionOf(record, epoch),
      plan,
      replayId,
      traceparent: attributes.traceparent,
      facts: {
        interface: payload.interface,
        outputhash: outputHash,
        lineagehash: lineageHash,
        rulesethash: ruleSetHash,
        leaves: `${total}/${mapped}/${ignored}/${reported.length}`,
        part: `${payload.part.n}/${payload.part.of}`,
      },
    },
    payload,
    {
      topic: outputTopic,
      partition: partitionOf(layout, shardOf(topicContract(inputTopic).layout, record.partition), srid),
      key: srid,
      dataKey,
      random,
    },
  );
}

/**
 * The part of a message of several whose patient is not identified: the gateway gave it a source record under the
 * id that all parts share, which translation of one part does not know.
 */
function isUnidentifiedPart({ part }: MessageReceivedV1, correlationId: string, idKey: Uint8Array): boolean {
  return part.srids[part.n - 1] === derivedId(idKey, 'unidentified', [correlationId]);
}

/** Translates one received message (one part of it) by the plan stamped on it. */
export function translateMessage(
  event: Extract<DecodedEvent, { readable: true }>['event'],
  plan: LoadedPlan,
  dataKey: DataKey | undefined,
  context: TranslationContext,
): TranslatedMessage {
  const { record, attributes } = event;
  const payload = event.payload as MessageReceivedV1;
  const { acts } = plan.contract.exceptions;
  let result: Translation | TranslationFailure;
  try {
    result = translate(Buffer.from(payload.raw, 'base64'), plan.compiled, {
      idKey: context.idKey,
      eventId: attributes.id,
      part: payload.part,
    });
    if (result.ok) {
      const output = translatedRecord(result, record, attributes, dataKey, context);
      return { kind: 'translated', record: output };
    }
  } catch (error) {
    // A defect in a rule must not stop every other message of the partition.
    const name = error instanceof Error ? error.name : 'unknown';
    const reason = `The rules of the plan failed on this message (${name})`;
    return parkMessage(record, attributes, 'translation-failed', { reason, acts }, context);
  }
  const { reason, position } = result;
  const unidentified =
    result.code === 'part-mismatch' && isUnidentifiedPart(payload, attributes.correlationId, context.idKey);
  const code = unidentified ? 'unidentified-patient' : result.code;
  return parkMessage(record, attributes, code, { reason, position, acts }, context);
}
