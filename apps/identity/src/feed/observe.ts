import {
  derivedId,
  type EventAttributes,
  type EventPayloads,
  type RecordsDecidedV1,
} from '@anamnesis/contracts';
import type { OutgoingRecord } from '@anamnesis/event-log';
import type { DataKey, RandomBytes } from '@anamnesis/keys';
import { encodeEvent, type ReceivedEvent } from '@anamnesis/processing';
import { logTopic, service } from '../names.js';

type ObservedType = 'identity.patient-observed.v1' | 'identity.merge-observed.v1';
export type Observation = {
  [T in ObservedType]: { readonly type: T; readonly srid: string; readonly payload: EventPayloads[T] };
}[ObservedType];

/** What a decision of the record means for identity: each Patient that was written, then a merge. */
export function observationsIn({ results, merge, intentId }: RecordsDecidedV1): Observation[] {
  const patients = results.flatMap(({ type, id, version, action, body }): Observation[] =>
    type === 'Patient' && body !== undefined && (action === 'created' || action === 'updated')
      ? [
          {
            type: 'identity.patient-observed.v1',
            srid: id,
            payload: { srid: id, version, patient: body },
          },
        ]
      : [],
  );
  if (!merge) return patients;
  const { survivor, replaced } = merge;
  return [
    ...patients,
    {
      type: 'identity.merge-observed.v1',
      srid: replaced,
      payload: { survivor, replaced, sourceIntentId: intentId },
    },
  ];
}

/** True when the headers of a decision of the record say that it may concern identity. */
export function concernsIdentity({ type, facts = {} }: EventAttributes): boolean {
  return type === 'records.decided.v1' && (facts['patients'] === '1' || facts['merge'] === '1');
}

export interface ObserveOptions {
  readonly shard: number;
  readonly idKey: Uint8Array;
  /** Epoch of the topic of records' decisions. */
  readonly epoch: string;
  /** RFC 3339. */
  readonly time: string;
  /** Key under which an output is sealed: the cause's. */
  readonly keyFor: (eventId: string) => DataKey | undefined;
  readonly random: RandomBytes;
}

/** The intents for identity's own log that follow from one decision of the record. */
export function observe(event: ReceivedEvent, options: ObserveOptions): OutgoingRecord[] {
  const { record, attributes } = event;
  const { shard, idKey, epoch, time, keyFor, random } = options;
  const key = String(shard);
  return observationsIn(event.payload as RecordsDecidedV1).map((observed, index) => {
    const id = derivedId(idKey, 'event', [
      attributes.id,
      'identity.feeder',
      attributes.plan ?? '',
      attributes.replayId ?? '',
      String(index),
    ]);
    return encodeEvent(
      {
        id,
        source: service,
        type: observed.type,
        time,
        partitionKey: key,
        tenant: attributes.tenant,
        srid: observed.srid,
        correlationId: attributes.correlationId,
        causationId: attributes.id,
        causePosition: {
          topic: record.topic,
          epoch,
          partition: record.partition,
          offset: record.offset,
          index,
        },
        plan: attributes.plan,
        replayId: attributes.replayId,
        traceparent: attributes.traceparent,
      },
      observed.payload,
      { topic: logTopic, partition: shard, key, dataKey: keyFor(id), random },
    );
  });
}
