import { publicHash } from '@anamnesis/contracts';
import { createKafkaReader, type EventLogReader } from '@anamnesis/event-log';
import { startProcessing, type Processing, type Processor, type Trouble } from '@anamnesis/processing';
import { describeError } from '@anamnesis/telemetry';
import type { Hold, ServiceContext } from '@anamnesis/service';
import { createForwarder } from './forward/forwarder.js';
import { processorOf } from './projections/projection.js';
import { auditProjections } from './projections/projections.js';

/**
 * Audit takes part in every message and is waited for by nobody but a person who asks: it lets records gather, because
 * each batch of each partition is a transaction.
 */
const lingerMs = 100;

/** Key for ids of the cell's own events (governance), which belong to no tenant and are public. */
const cellIdKey = Buffer.from(publicHash('anamnesis cell events'), 'hex');

function report(context: ServiceContext): (trouble: Trouble) => void {
  return ({ processor, topic, partition, error, stopped }) =>
    context.logger[stopped ? 'error' : 'warn']('processing.failed', {
      processor,
      topic,
      partition,
      stopped,
      ...describeError(error),
    });
}

export interface AuditReaders {
  readonly feeder: EventLogReader;
  readonly projections: EventLogReader;
}

export function kafkaReaders({ config }: ServiceContext): AuditReaders {
  return {
    feeder: createKafkaReader(config.kafka, { lingerMs }),
    projections: createKafkaReader(config.kafka, { lingerMs }),
  };
}

/** Starts both of audit's processings: the feeder of audit.log and the projections. */
export async function startAudit(
  context: ServiceContext,
  hold: Pick<Hold, 'processing'>,
  readers: AuditReaders,
): Promise<void> {
  const { pool, writer, clock, random, governance, tenants, progress, keyring } = context;
  const start = (
    group: string,
    reader: EventLogReader,
    processors: readonly Processor[],
  ): Promise<Processing> =>
    startProcessing({
      group,
      reader,
      pool,
      processors,
      progress,
      clock,
      epochOf: topic => governance.epochOf(topic),
      onTrouble: report(context),
    });
  const forwarder = createForwarder({
    pool,
    writer,
    clock,
    random,
    epochOf: topic => governance.epochOf(topic),
    idKeyOf: tenant => tenants.get(tenant)?.idKey ?? cellIdKey,
    tenantOfShard: shard => tenants.byShard(shard)?.name ?? 'cell',
  });
  hold.processing(await start('audit.feeder', readers.feeder, [forwarder]));
  hold.processing(
    await start(
      'audit',
      readers.projections,
      auditProjections.map(projection => processorOf(projection, pool, keyring)),
    ),
  );
}
