import { startProcessing } from '@anamnesis/processing';
import type { Hold, ServiceContext } from '@anamnesis/service';
import { createPlans, type Plans } from './plans.js';
import { createSeenEdges } from './seenEdges.js';
import { createTranslateStep } from './translateStep.js';

/** About a tenth of a second of work, and what fits into one request to the log. */
const sliceLimits = { maxRecords: 200, maxBytes: 2 * 1024 * 1024 };

/** Starts translation on a built rim and returns its plans. Every active plan is compiled before the first message. */
export async function startTranslation(context: ServiceContext, hold: Hold): Promise<Plans> {
  const { governance, pool, writer, reader, keyring, tenants, clock, random, logger, metrics } = context;
  const plans = createPlans(governance);
  await plans.load(governance.interfaces().map(one => one.plan));
  const durations = metrics.histogram('pipeline_stage_duration_seconds');
  const counts = metrics.counter('pipeline_stage_total');
  const step = createTranslateStep({
    pool,
    writer,
    keyring,
    plans,
    seen: createSeenEdges(pool),
    idKeyOf: tenant => tenants.get(tenant)?.idKey,
    epochOf: governance.epochOf,
    clock,
    random: size => Buffer.from(random(size)),
    observe(batch) {
      for (const stage of ['prepare', 'translate'] as const)
        durations.observe({ stage, type: 'message' }, batch[stage] / 1_000);
      for (const outcome of ['translated', 'parked', 'doubled', 'erased'] as const)
        if (batch[outcome] > 0)
          counts.inc({ stage: 'translate', type: 'message', outcome, error_class: 'none' }, batch[outcome]);
    },
  });
  hold.processing(
    await startProcessing({
      group: 'translation',
      reader,
      pool,
      processors: [{ ...step, limits: sliceLimits }],
      progress: context.progress,
      clock,
      epochOf: governance.epochOf,
      onTrouble: ({ processor, topic, partition, error, stopped }) =>
        logger.warn('processing.trouble', {
          processor,
          topic,
          partition,
          code: error.code,
          sentence: error.message,
          stopped,
        }),
    }),
  );
  return plans;
}
