import { shardOf, topicContract } from '@anamnesis/contracts';
import type { RandomBytes, Keyring } from '@anamnesis/keys';
import { createStep, type FlowControl, type Processor, type StepDefinition } from '@anamnesis/processing';
import { feederName, recordTopic } from '../names.js';
import { keysOf } from '../sealing.js';
import { concernsIdentity, observe } from './observe.js';

export interface FeederOptions extends Pick<StepDefinition, 'pool' | 'writer'> {
  readonly keyring: Keyring;
  readonly flow: FlowControl;
  readonly idKey: (tenant: string) => Uint8Array;
  readonly epochOf: (topic: string) => string;
  readonly clock: () => number;
  readonly random: RandomBytes;
}

/**
 * Forwards what the record accepted about patients into identity's own log. Erased decisions fall away: their
 * patient is gone here too.
 */
export function createFeeder(options: FeederOptions): Processor {
  const { keyring, flow, idKey, epochOf, clock, random } = options;
  const shard = (partition: number): number => shardOf(topicContract(recordTopic).layout, partition);
  return createStep({
    name: feederName,
    topics: [recordTopic],
    pool: options.pool,
    writer: options.writer,
    keyring,
    select: concernsIdentity,
    admit: batch => flow.admit(shard(batch.partition), batch.signal),
    onAppended: flow.appended,
    async handle(events, batch) {
      const readable = events.flatMap(decoded => (decoded.readable ? [decoded.event] : []));
      const keyOf = await keysOf(
        readable.map(event => event.attributes),
        keyring,
      );
      const time = new Date(clock()).toISOString();
      return {
        outputs: readable.flatMap(event =>
          observe(event, {
            shard: shard(batch.partition),
            idKey: idKey(event.attributes.tenant),
            epoch: epochOf(recordTopic),
            time,
            keyFor: eventId => keyOf(event.attributes, eventId),
            random,
          }),
        ),
        parked: events.flatMap(decoded =>
          decoded.readable || decoded.code === 'erased'
            ? []
            : [{ record: decoded.record, code: decoded.code }],
        ),
      };
    },
  });
}
