import type pg from 'pg';
import { derivedId, partitionOf, shardOf, topicContract, type EventAttributes } from '@anamnesis/contracts';
import type { EventLogWriter, IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import { keyFor, type Keyring, type RandomBytes } from '@anamnesis/keys';
import {
  createSealedStep,
  exceptionEvent,
  forwardEvent,
  newerEventVersion,
  type FlowControl,
  type ParkedMessage,
  type Processor,
} from '@anamnesis/processing';
import { logTopic } from './recordsDecider.js';

export const feederName = 'records.feeder';
const inputTopic = 'clinical.translated';
const inputType = 'message.translated.v1';

export interface FeederOptions {
  readonly pool: pg.Pool;
  readonly writer: EventLogWriter;
  readonly keyring: Keyring;
  readonly flow: FlowControl;
  readonly random: RandomBytes;
  readonly idKey: (tenant: string) => Uint8Array;
  /** Tenant whose work an unreadable record of a shard becomes. */
  readonly tenantOf: (shard: number) => string | undefined;
  readonly epochOf: (topic: string) => string;
  /** Told of each event whose key was destroyed: it falls here, as a tombstone. */
  readonly onErased: (attributes: EventAttributes) => void;
}

/** Only translated messages are here; a newer version of them must stop an old process, not pass it by. */
function isTranslated({ type }: EventAttributes): boolean {
  if (type !== inputType && /^message\.translated\.v\d+$/.test(type)) throw newerEventVersion({ type });
  return type === inputType;
}

function unreadable(
  record: IncomingRecord,
  tenant: string,
  shard: number,
  { idKey, random, epochOf }: FeederOptions,
): OutgoingRecord {
  const { topic, partition, offset } = record;
  const id = derivedId(idKey(tenant), 'event', [topic, epochOf(topic), String(partition), String(offset)]);
  return exceptionEvent(
    {
      code: 'undecodable',
      category: 'parked',
      single: false,
      place: { service: 'records', stage: 'forward', topic, partition, offset },
      reason: 'The headers of a translated message could not be read',
      ownerRole: 'operator',
      act: 'Check what wrote the record, then release or discard it',
      item: { id },
    },
    {
      service: 'records',
      tenant,
      idKey: idKey(tenant),
      shard,
      correlationId: id,
      causePosition: { topic, epoch: epochOf(topic), partition, offset, index: 0 },
      time: new Date(record.appendTime).toISOString(),
      random,
    },
  );
}

/**
 * Forwards translated messages into the record's own log, sealed as they are, a bounded distance ahead of the
 * decider.
 */
export function createFeeder(options: FeederOptions): Processor {
  const { pool, writer, keyring, flow, random, idKey, tenantOf, epochOf, onErased } = options;
  const logLayout = topicContract(logTopic).layout;
  const inputLayout = topicContract(inputTopic).layout;
  return createSealedStep({
    name: feederName,
    topics: [inputTopic],
    pool,
    writer,
    select: isTranslated,
    async admit({ partition, signal }) {
      const shard = shardOf(inputLayout, partition);
      await flow.admit(partitionOf(logLayout, shard, String(shard)), signal);
    },
    onAppended: (outputs, appended) => flow.appended(outputs, appended),
    async handle(events, batch) {
      const shard = shardOf(inputLayout, batch.partition);
      const key = String(shard);
      const keys = await keyring.forOpening(
        events.flatMap(({ attributes }) =>
          attributes?.keyId === undefined
            ? []
            : [{ tenant: attributes.tenant, keyId: attributes.keyId, eventId: attributes.id }],
        ),
      );
      const outputs: OutgoingRecord[] = [];
      const parked: ParkedMessage[] = [];
      for (const { record, attributes } of events) {
        if (!attributes) {
          parked.push({ record, code: 'undecodable' });
          const tenant = tenantOf(shard);
          if (tenant !== undefined) outputs.push(unreadable(record, tenant, shard, options));
          continue;
        }
        const { keyId, id, tenant } = attributes;
        const dataKey = keyId === undefined ? undefined : keyFor(keys, keyId, id);
        if (dataKey === 'erased') {
          onErased(attributes);
          continue;
        }
        outputs.push(
          forwardEvent(record, attributes, dataKey, {
            topic: logTopic,
            partition: partitionOf(logLayout, shard, key),
            key,
            type: 'records.bundle-submitted.v1',
            source: 'records',
            step: feederName,
            idKey: idKey(tenant),
            epoch: epochOf(inputTopic),
            time: new Date(record.appendTime).toISOString(),
            random,
          }),
        );
      }
      return { outputs, parked };
    },
  });
}
