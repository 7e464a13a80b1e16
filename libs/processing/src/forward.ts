import { derivedId, toHeaders, type EventAttributes, type EventType } from '@anamnesis/contracts';
import type { IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import { reseal, type DataKey, type RandomBytes } from '@anamnesis/keys';
import { sealContext } from './codec.js';

export interface ForwardTarget {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly type: EventType;
  /** Forwarding service and step. */
  readonly source: string;
  readonly step: string;
  readonly idKey: Uint8Array;
  /** Epoch of the topic that the event was read from. */
  readonly epoch: string;
  /** RFC 3339. */
  readonly time: string;
  readonly random: RandomBytes;
}

/**
 * Forwards an event into a decider's own log: same content, new id, type and position. A sealed payload is sealed
 * again for the new event under the same key, without being inflated or parsed.
 */
export function forwardEvent(
  record: IncomingRecord,
  attributes: EventAttributes,
  dataKey: DataKey | undefined,
  target: ForwardTarget,
): OutgoingRecord {
  const next: EventAttributes = {
    ...attributes,
    id: derivedId(target.idKey, 'event', [
      attributes.id,
      target.step,
      attributes.plan ?? '',
      attributes.replayId ?? '',
      '0',
    ]),
    source: target.source,
    type: target.type,
    time: target.time,
    partitionKey: target.key,
    causationId: attributes.id,
    causePosition: {
      topic: record.topic,
      epoch: target.epoch,
      partition: record.partition,
      offset: record.offset,
      index: 0,
    },
    laneSeq: undefined,
    edgeSeq: undefined,
  };
  const value = record.value ?? Buffer.alloc(0);
  const sealed = dataKey
    ? reseal(
        value,
        { key: dataKey.key, context: sealContext(record.topic, attributes, dataKey.id) },
        { key: dataKey.key, context: sealContext(target.topic, next, dataKey.id) },
        target.random,
      )
    : value;
  return {
    topic: target.topic,
    partition: target.partition,
    key: target.key,
    headers: toHeaders(next),
    value: sealed,
  };
}
