import type { ServiceContext, Hold } from '@anamnesis/service';
import { configInvalid } from '@anamnesis/service';
import { defaultEvidencePolicy } from '@anamnesis/matching';
import {
  createFlowControl,
  createLanes,
  startProcessing,
  type Processor,
  type Trouble,
} from '@anamnesis/processing';
import { describeError } from '@anamnesis/telemetry';
import { createIdentityDecider } from './decide/identityDecider.js';
import { createFeeder } from './feed/feeder.js';
import { deciderName, feederName, logTopic, service } from './names.js';
import { createTicker } from './watermark/ticker.js';

const tidyMs = 5_000;
const tickMs = 1_000;

/** Notes which shards a processor runs for. */
function watched(processor: Processor, owned: Set<number>): Processor {
  return {
    ...processor,
    async own(shard) {
      await processor.own?.(shard);
      owned.add(shard);
    },
    disown(shard) {
      owned.delete(shard);
      processor.disown?.(shard);
    },
  };
}

/** Calls `work` again and again with pauses of `ms`, never twice at a time. */
function repeat(ms: number, work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void work().catch(onError).finally(next), ms);
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/**
 * Starts identity's two processings: the feeder, and the decider over its own log. They are two consumers, because
 * the feeder waits for the decider.
 */
export async function startIdentity(context: ServiceContext, hold: Hold): Promise<void> {
  const { pool, keyring, writer, reader, inspector, tenants, governance, logger, progress, clock, random } =
    context;
  const idKey = (tenant: string): Buffer => {
    const found = tenants.get(tenant);
    if (!found)
      throw configInvalid({ variable: 'TENANT_SECRETS_FILE', problem: `lacks the tenant ${tenant}` });
    return found.idKey;
  };
  const epochOf = (topic: string): string => governance.epochOf(topic);
  const onTrouble = ({ processor, topic, partition, error, stopped }: Trouble): void =>
    logger.warn('processing.trouble', { processor, topic, partition, stopped, ...describeError(error) });

  const lanes = hold.lanes(
    createLanes({
      pool,
      writer,
      clock,
      onTrouble: error => logger.warn('lane.waiting', describeError(error)),
    }),
  );
  const owned = new Set<number>();
  const decider = watched(
    createIdentityDecider({
      pool,
      keyring,
      lanes,
      random,
      idKey,
      policy: defaultEvidencePolicy,
      policySet: context.policySet,
      onUnreadable: (code, { topic, partition, offset }) =>
        logger.warn('intent.unreadable', { code, topic, partition, offset }),
    }),
    owned,
  );
  const flow = createFlowControl({ pool, decider: deciderName, logTopic, clock });
  const feeder = createFeeder({ pool, writer, keyring, flow, idKey, epochOf, clock, random });
  const rim = { reader, pool, progress, clock, epochOf, onTrouble };
  hold.processing(await startProcessing({ ...rim, group: service, processors: [decider] }));
  hold.processing(await startProcessing({ ...rim, group: feederName, processors: [feeder] }));

  const ticker = createTicker({
    pool,
    writer,
    inspector,
    owned: () => owned,
    tenantOf: shard => tenants.byShard(shard),
    clock,
    random,
  });
  hold.intake(
    'watermarks',
    repeat(
      tickMs,
      () => ticker.tick(),
      error => logger.warn('watermark.waiting', describeError(error)),
    ),
  );
  hold.onStop(
    'tidy',
    repeat(
      tidyMs,
      () => lanes.tidy(),
      error => logger.warn('lane.untidy', describeError(error)),
    ),
  );
}
