import {
  derivedId,
  type EventAttributes,
  type EventType,
  type IdentityDecidedV1,
  type EventPayloads,
} from '@anamnesis/contracts';
import type { OutgoingRecord } from '@anamnesis/event-log';
import type { DataKey, RandomBytes } from '@anamnesis/keys';
import type { PolicySet } from '@anamnesis/consent';
import { policySetPublished } from '@anamnesis/consent';
import { encodeEvent } from '@anamnesis/processing';
import { consentTopic, eventsTopic, linksTopic, service } from '../names.js';

/** What every output of a decision takes from its intent. */
export interface Publication {
  readonly intent: EventAttributes;
  readonly shard: number;
  readonly idKey: Uint8Array;
  /** Epoch milliseconds of the decision. */
  readonly time: number;
  readonly keyFor: (eventId: string) => DataKey | undefined;
  readonly random: RandomBytes;
}

interface Address {
  readonly topic: string;
  readonly step: string;
  readonly key: string;
  readonly index?: number;
  readonly srid?: string;
  readonly facts?: Readonly<Record<string, string>>;
  readonly sealed?: boolean;
}

function output<T extends EventType>(
  type: T,
  payload: EventPayloads[T],
  { topic, step, key, index = 0, srid, facts, sealed = false }: Address,
  { intent, shard, idKey, time, keyFor, random }: Publication,
): OutgoingRecord {
  const id = derivedId(idKey, 'event', [
    intent.id,
    step,
    intent.plan ?? '',
    intent.replayId ?? '',
    String(index),
  ]);
  return encodeEvent(
    {
      id,
      source: service,
      type,
      time: new Date(time).toISOString(),
      partitionKey: key,
      tenant: intent.tenant,
      srid,
      correlationId: intent.correlationId,
      causationId: intent.id,
      plan: intent.plan,
      replayId: intent.replayId,
      traceparent: intent.traceparent,
      facts,
    },
    payload,
    { topic, partition: shard, key, dataKey: sealed ? keyFor(id) : undefined, random },
  );
}

/** The decision for `identity.events`, and the links it moved for `identity.links`. */
export function decisionOutputs(decided: IdentityDecidedV1, to: Publication): OutgoingRecord[] {
  const links = decided.facts.filter(fact => fact.fact === 'link-asserted');
  const facts = {
    outcome: decided.outcome,
    ...(decided.code === undefined ? {} : { code: decided.code }),
    ...(links[0] ? { epoch: String(links[0].epoch) } : {}),
  };
  return [
    output(
      'identity.decided.v1',
      decided,
      {
        topic: eventsTopic,
        step: 'identity.decided',
        key: String(to.shard),
        srid: to.intent.srid,
        facts,
        sealed: true,
      },
      to,
    ),
    ...links.map(({ srid, person, epoch, affected, last }, index) =>
      output(
        'link.current.v1',
        { srid, person, epoch, affected, last },
        { topic: linksTopic, step: 'identity.links', key: srid, srid, index },
        to,
      ),
    ),
  ];
}

/** Both streams are complete up to `at`, RFC 3339. */
export function watermarkOutputs(at: string, epoch: number, to: Publication): OutgoingRecord[] {
  const key = String(to.shard);
  return [
    output(
      'identity.watermark.v1',
      { at, epoch },
      { topic: eventsTopic, step: 'identity.watermark', key },
      to,
    ),
    output('consent.watermark.v1', { at }, { topic: consentTopic, step: 'consent.watermark', key }, to),
  ];
}

export function policySetOutput(set: PolicySet, to: Publication): OutgoingRecord {
  return output(
    'policy-set.published.v1',
    policySetPublished(set),
    { topic: consentTopic, step: 'consent.policy-set', key: String(to.shard) },
    to,
  );
}
