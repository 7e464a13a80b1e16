import { shardOf, topicContract, type EventAttributes, type ExceptionRaisedV1 } from '@anamnesis/contracts';
import type { PartitionBatch } from '@anamnesis/event-log';
import type { Keyring, RandomBytes } from '@anamnesis/keys';
import {
  createSealedStep,
  createStep,
  type FlowControl,
  type Processor,
  type SealedStepDefinition,
} from '@anamnesis/processing';
import { exceptionTopics, recordTopic } from '../names.js';
import {
  causeIntent,
  exceptionCause,
  isRegistration,
  registrationCause,
  type CauseOptions,
} from './cause.js';

export interface FeederOptions extends Pick<SealedStepDefinition, 'pool' | 'writer'> {
  readonly keyring: Keyring;
  readonly flow: FlowControl;
  readonly idKey: (tenant: string) => Uint8Array;
  readonly epochOf: (topic: string) => string;
  readonly clock: () => number;
  readonly random: RandomBytes;
}

const shardOfBatch = ({ topic, partition }: PartitionBatch): number =>
  shardOf(topicContract(topic).layout, partition);

/** What opens work, forwarded into workflow's own log: registrations by header alone, exceptions with their payload. */
export function createFeeders(options: FeederOptions): Processor[] {
  const { pool, writer, keyring, flow, idKey, epochOf, clock, random } = options;
  const causeOptions = (batch: PartitionBatch, { tenant }: EventAttributes): CauseOptions => ({
    shard: shardOfBatch(batch),
    idKey: idKey(tenant),
    epoch: epochOf(batch.topic),
    time: new Date(clock()).toISOString(),
    random,
  });
  const step = {
    pool,
    writer,
    admit: (batch: PartitionBatch) => flow.admit(shardOfBatch(batch), batch.signal),
    onAppended: flow.appended,
  };
  return [
    createSealedStep({
      ...step,
      name: 'workflow.feeder.registrations',
      topics: [recordTopic],
      select: isRegistration,
      handle: async (events, batch) => ({
        outputs: events.flatMap(({ record, attributes }) =>
          attributes
            ? [
                causeIntent(
                  record,
                  attributes,
                  registrationCause(attributes),
                  causeOptions(batch, attributes),
                ),
              ]
            : [],
        ),
        parked: events.flatMap(({ record, attributes }) =>
          attributes ? [] : [{ record, code: 'undecodable' }],
        ),
      }),
    }),
    createStep({
      ...step,
      keyring,
      name: 'workflow.feeder.exceptions',
      topics: exceptionTopics,
      select: ({ type }) => type === 'exception.raised.v1',
      handle: async (events, batch) => ({
        outputs: events.flatMap(decoded => {
          if (!decoded.readable) return [];
          const { record, attributes, payload } = decoded.event;
          const cause = exceptionCause(attributes, payload as ExceptionRaisedV1);
          return [causeIntent(record, attributes, cause, causeOptions(batch, attributes))];
        }),
        parked: events.flatMap(decoded =>
          decoded.readable || decoded.code === 'erased'
            ? []
            : [{ record: decoded.record, code: decoded.code }],
        ),
      }),
    }),
  ];
}
