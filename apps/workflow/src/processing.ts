import { configInvalid, type Hold, type Late, type ServiceContext } from '@anamnesis/service';
import {
  createDecisions,
  createFlowControl,
  createLanes,
  startProcessing,
  type Trouble,
} from '@anamnesis/processing';
import { describeError } from '@anamnesis/telemetry';
import { createWorkflowDecider } from './decide/workflowDecider.js';
import { definitions } from './definitions.js';
import { createExceptionItems } from './exceptions/projection.js';
import { createFeeders } from './feed/feeders.js';
import { createCommands, type Commands } from './http/commands.js';
import { deciderName, feederGroup, logTopic, service } from './names.js';
import { fireDueTimers, forgetClosedTimers } from './timers/scanner.js';

const scanMs = 1_000;
const tidyMs = 5_000;
const forgetMs = 60_000;

/** Calls `work` again and again with pauses of `ms`, never twice at a time. */
function repeat(ms: number, work: () => Promise<unknown>, onError: (error: unknown) => void): () => void {
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
 * Starts workflow's two processings: feeders with the exception list, and the decider over its own log. They are
 * two consumers, because feeders wait for the decider.
 */
export async function startWorkflow(
  context: ServiceContext,
  hold: Hold,
  commands: Late<Commands>,
): Promise<void> {
  const { config, pool, keyring, writer, reader, tenants, governance, logger, progress, clock, random } =
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

  const decisions = await createDecisions(pool, config.databaseUrl);
  hold.onStop('decisions', () => decisions.stop());
  const lanes = hold.lanes(
    createLanes({
      pool,
      writer,
      clock,
      onTrouble: error => logger.warn('lane.waiting', describeError(error)),
    }),
  );
  const decider = createWorkflowDecider({
    pool,
    keyring,
    lanes,
    random,
    definitions,
    idKey,
    onDecided: made => {
      if (made.length > 0) decisions.wake();
    },
    onUnreadable: (code, { topic, partition, offset }) =>
      logger.warn('intent.unreadable', { code, topic, partition, offset }),
  });
  const flow = createFlowControl({ pool, decider: deciderName, logTopic, clock });
  const feeders = createFeeders({ pool, writer, keyring, flow, idKey, epochOf, clock, random });
  const rim = { reader, pool, progress, clock, epochOf, onTrouble };
  hold.processing(await startProcessing({ ...rim, group: service, processors: [decider] }));
  hold.processing(
    await startProcessing({
      ...rim,
      group: feederGroup,
      processors: [...feeders, createExceptionItems(pool, keyring)],
    }),
  );
  commands.set(createCommands(context, decisions));

  const trouble = (event: string) => (error: unknown) => logger.warn(event, describeError(error));
  const tenant = (name: string) => tenants.get(name);
  hold.intake(
    'timers',
    repeat(scanMs, () => fireDueTimers({ pool, writer, tenant, clock, random }), trouble('timer.waiting')),
  );
  hold.onStop(
    'tidy',
    repeat(tidyMs, () => lanes.tidy(), trouble('lane.untidy')),
  );
  hold.onStop(
    'forget',
    repeat(forgetMs, () => forgetClosedTimers(pool), trouble('timer.untidy')),
  );
}
