import type pg from 'pg';
import { derivedId, shardOf, topicContract, topicsReadBy } from '@anamnesis/contracts';
import type { EventLogWriter, OutgoingRecord, PartitionBatch } from '@anamnesis/event-log';
import type { RandomBytes } from '@anamnesis/keys';
import { createSealedStep, encodeEvent, type Processor, type SealedEvent } from '@anamnesis/processing';
import { boundedWriter } from './boundedWriter.js';
import { envelopeOf } from './envelope.js';

export const auditLog = 'audit.log';

/** Every topic that audit may read but its own log. */
export function forwardedTopics(): string[] {
  return topicsReadBy('audit').filter(topic => topic !== auditLog);
}

export interface ForwarderOptions {
  readonly pool: pg.Pool;
  readonly writer: EventLogWriter;
  readonly clock: () => number;
  readonly random: RandomBytes;
  readonly epochOf: (topic: string) => string;
  /** Key for derived ids; must answer for tenants it does not know (the cell's own events) too. */
  readonly idKeyOf: (tenant: string) => Uint8Array;
  /** Tenant that lives in a shard, for records that name none. */
  readonly tenantOfShard: (shard: number) => string;
}

/**
 * Forwards the envelope of every event of every topic into audit.log, whose order is the order of the transparency
 * log. An envelope carries the position of its event, so one that was appended twice falls by it.
 */
export function createForwarder(options: ForwarderOptions): Processor {
  const { pool, clock, random, epochOf, idKeyOf, tenantOfShard } = options;

  const forward = (event: SealedEvent, shard: number, epoch: string, time: string): OutgoingRecord => {
    const { record, attributes } = event;
    const owner = tenantOfShard(shard);
    const { tenant, payload } = envelopeOf(event, owner, idKeyOf(owner));
    const key = String(shard);
    return encodeEvent(
      {
        id: derivedId(idKeyOf(tenant), 'event', [
          payload.eventId,
          'audit.forward',
          payload.plan ?? '',
          attributes?.replayId ?? '',
          '0',
        ]),
        source: 'audit',
        type: 'envelope.recorded.v1',
        time,
        partitionKey: key,
        tenant,
        correlationId: payload.correlationId,
        causationId: payload.eventId,
        causePosition: {
          topic: record.topic,
          epoch,
          partition: record.partition,
          offset: record.offset,
          index: 0,
        },
      },
      payload,
      { topic: auditLog, partition: shard, key, random },
    );
  };

  return createSealedStep({
    name: 'audit.forward',
    topics: forwardedTopics(),
    pool,
    writer: boundedWriter(options.writer),
    async handle(events, batch: PartitionBatch) {
      const shard = shardOf(topicContract(batch.topic).layout, batch.partition);
      const epoch = epochOf(batch.topic);
      const time = new Date(clock()).toISOString();
      return { outputs: events.map(event => forward(event, shard, epoch, time)) };
    },
  });
}
