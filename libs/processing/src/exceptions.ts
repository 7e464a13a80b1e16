import {
  derivedId,
  partitionOf,
  topicContract,
  type CausePosition,
  type ExceptionRaisedV1,
} from '@anamnesis/contracts';
import type { OutgoingRecord } from '@anamnesis/event-log';
import type { RandomBytes } from '@anamnesis/keys';
import { encodeEvent } from './codec.js';

/** A failure as its finder knows it; nothing here may hold patient data. */
export type ExceptionFacts = Omit<ExceptionRaisedV1, 'group'> & {
  /** Rule or code inside the cause that tells groups apart, for example the unmapped code's rule. */
  readonly rule?: string;
};

export interface ExceptionOrigin {
  readonly service: string;
  readonly tenant: string;
  readonly idKey: Uint8Array;
  readonly shard: number;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly causePosition?: CausePosition;
  readonly edgeSeq?: string;
  readonly traceparent?: string;
  /** RFC 3339. */
  readonly time: string;
  /** Tells several exceptions of one cause apart. */
  readonly index?: number;
  readonly random: RandomBytes;
}

/**
 * The event that makes a failure somebody's work. One open exception per (service, interface, cause, rule); causes
 * about one patient (`single`) open one per message.
 */
export function exceptionEvent({ rule, ...facts }: ExceptionFacts, origin: ExceptionOrigin): OutgoingRecord {
  const { service, tenant, idKey, shard, index = 0 } = origin;
  const group = derivedId(idKey, 'case', [
    service,
    facts.interface ?? '',
    facts.code,
    rule ?? '',
    facts.single ? facts.item.id : '',
  ]);
  const topic = `operations.exceptions.${service}`;
  return encodeEvent(
    {
      id: derivedId(idKey, 'event', ['exception', service, facts.code, facts.item.id, String(index)]),
      source: service,
      type: 'exception.raised.v1',
      time: origin.time,
      partitionKey: group,
      tenant,
      srid: facts.item.srid,
      subject: facts.interface,
      correlationId: origin.correlationId,
      causationId: origin.causationId,
      causePosition: origin.causePosition,
      edgeSeq: origin.edgeSeq,
      traceparent: origin.traceparent,
      facts: { code: facts.code, category: facts.category, item: facts.item.id },
    },
    { ...facts, group },
    {
      topic,
      partition: partitionOf(topicContract(topic).layout, shard, group),
      key: group,
      random: origin.random,
    },
  );
}
