import {
  createDecisions,
  createFlowControl,
  createLanes,
  startProcessing,
  type Trouble,
} from '@anamnesis/processing';
import { defineError } from '@anamnesis/contracts';
import type { Hold, ServiceContext, ServiceDefinition } from '@anamnesis/service';
import { createFeeder } from './feeder.js';
import { FhirController } from './http/fhirController.js';
import { createRecordApi, RECORD_API } from './http/recordApi.js';
import { createWrites } from './http/writes.js';
import { createPersonLinks } from './personLinks.js';
import { createRecordsDecider, deciderName, logTopic } from './recordsDecider.js';
import { createRecordReads } from './store/reads.js';

const tidyEveryMs = 2_000;

/** Raised when an event names a tenant that this cell does not have. */
export const tenantUnknown = defineError(
  'ANM_TENANT_UNKNOWN',
  'stop',
  (f: { tenant: string }) =>
    `Tenant ${f.tenant} is not in TENANT_SECRETS_FILE: add it before its events are read`,
);

/** The system of record as a service: feeder, decider, person links, FHIR API. */
export function recordsService(): ServiceDefinition {
  const api = createRecordApi();

  const onStart = async (context: ServiceContext, hold: Hold): Promise<void> => {
    const { config, tenants, logger, metrics, pool, keyring, writer, reader, governance, clock, random } =
      context;
    const idKey = (tenant: string): Buffer => {
      const found = tenants.get(tenant);
      if (!found) throw tenantUnknown({ tenant });
      return found.idKey;
    };
    const stages = metrics.counter('pipeline_stage_total');
    const count = (stage: string, outcome: string, n = 1): void =>
      stages.inc({ stage, type: 'records', outcome, error_class: 'none' }, n);
    const onTrouble = ({ error, ...at }: Trouble): void =>
      logger[at.stopped ? 'error' : 'warn']('processing.trouble', {
        ...at,
        code: error.code,
        sentence: error.message,
      });
    const shared = {
      reader,
      pool,
      progress: context.progress,
      clock,
      epochOf: governance.epochOf,
      onTrouble,
    };

    const decisions = await createDecisions(pool, config.databaseUrl);
    hold.onStop('decisions', () => decisions.stop());
    const lanes = hold.lanes(
      createLanes({
        pool,
        writer,
        clock,
        onTrouble: () => logger.warn('lane.retried', { code: 'ANM_LOG_UNAVAILABLE' }),
      }),
    );
    const tidy = setInterval(
      () => void lanes.tidy().catch(() => logger.warn('lane.untidy', { code: 'ANM_DATABASE_UNAVAILABLE' })),
      tidyEveryMs,
    );
    hold.onStop('tidy', () => clearInterval(tidy));

    const decider = createRecordsDecider({
      pool,
      keyring,
      lanes,
      random,
      idKey,
      onDecided: rows => {
        if (rows.length > 0) decisions.wake();
      },
      onUnreadable: code => count('decide', code),
    });
    const feeder = createFeeder({
      pool,
      writer,
      keyring,
      random,
      idKey,
      flow: createFlowControl({ pool, decider: deciderName, logTopic, clock }),
      tenantOf: shard => tenants.byShard(shard)?.name,
      epochOf: governance.epochOf,
      onErased: () => count('forward', 'erased'),
    });
    const reads = createRecordReads(pool);
    api.set({ reads, writes: createWrites(context, decisions, reads) });
    hold.processing(
      await startProcessing({
        ...shared,
        group: 'records',
        processors: [decider, createPersonLinks({ pool, keyring })],
      }),
    );
    hold.processing(await startProcessing({ ...shared, group: 'records.feeder', processors: [feeder] }));
  };

  return {
    name: 'records',
    controllers: [FhirController],
    providers: [{ provide: RECORD_API, useValue: api }],
    onStart,
  };
}
