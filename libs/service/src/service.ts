import type { Provider, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTokenVerifier, type TokenVerifier } from './auth/tokenVerifier.js';
import { awaitStep } from './awaitReady.js';
import { SERVICE_CONTEXT, type ServiceContext } from './context.js';
import { createContext, type RimOverrides } from './createContext.js';
import type { Environment } from './environment.js';
import { configInvalid, refusedAtStart } from './errors.js';
import { createHealth, HEALTH, type ServiceState } from './health/health.js';
import { HealthController } from './health/healthController.js';
import { createHold, type Held, type Hold } from './hold.js';
import { createApp } from './http/createApp.js';
import { runStopSteps, type StopStep } from './stopSteps.js';

export interface ServiceDefinition {
  readonly name: string;
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  /** Content types whose bodies reach controllers as a Buffer; JSON is parsed, everything else is 415. */
  readonly rawContentTypes?: readonly (string | RegExp)[];
  /** HTTP status of the service's own coded errors. */
  readonly statuses?: Readonly<Record<string, number>>;
  /**
   * Called once governance is read and both databases answer. What it starts it hands to `hold`. When it fails for
   * a reason that may pass, what it handed over is stopped and it is called again.
   */
  readonly onStart?: (context: ServiceContext, hold: Hold) => Promise<void> | void;
  /** Called in the stop, after processings and lanes. */
  readonly onStop?: (context: ServiceContext) => Promise<void> | void;
}

export interface ServiceOptions extends RimOverrides {
  readonly env?: Environment;
  /** Replaces the check against the issuers' keys, for tests. */
  readonly verify?: TokenVerifier;
}

export interface RunningService {
  readonly context: ServiceContext;
  readonly app: NestFastifyApplication;
  /** Address that HTTP listens on, for example `http://127.0.0.1:7704`. */
  readonly address: string;
  /** Resolves when `onStart` is done; rejects when the start is given up. */
  readonly started: Promise<void>;
  /** Stops in bounded steps, under 10 s in all; a second call waits for the first. */
  stop(): Promise<void>;
}

const listenFailure: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another process',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is not an address of this machine',
};

async function checkGovernance({ governance, tenants, name }: ServiceContext): Promise<void> {
  await governance.refresh();
  governance.epochOf(`audit.access.${name}`);
  for (const tenant of tenants.names()) {
    const shard = governance.shardOf(tenant);
    if (shard !== undefined && shard !== tenants.get(tenant)?.shard)
      throw configInvalid({
        variable: 'TENANT_SECRETS_FILE',
        problem: `puts tenant ${tenant} in another shard than governance.events does (${shard})`,
      });
  }
}

function stopSteps(app: NestFastifyApplication, held: Held, context: ServiceContext): readonly StopStep[] {
  return [
    {
      name: 'intake',
      deadlineMs: 2_000,
      work: [() => app.close(), ...held.intakes.map(intake => intake.stop)],
    },
    { name: 'processing', deadlineMs: 3_000, work: held.processings.map(one => () => one.stop()) },
    {
      name: 'lanes',
      deadlineMs: 1_000,
      work: held.lanes.map(one => () => one.idle().finally(() => one.stop())),
    },
    ...held.stops.map(({ name, stop }) => ({ name, deadlineMs: 500, work: [stop] })),
    { name: 'ledger', deadlineMs: 500, work: [() => context.ledger.flush()] },
    { name: 'log', deadlineMs: 1_000, work: [() => context.writer.close(), () => context.inspector.close()] },
    { name: 'pools', deadlineMs: 500, work: [() => context.pool.end(), () => context.keysPool.end()] },
  ];
}

/**
 * Boots a service: HTTP listens at once, so that health can be asked; then Postgres, key store and governance are
 * awaited, then the service's own `onStart`. Sets no signal handlers and ends no process: see `startService`.
 * Raised when the configuration is wrong or the port cannot be used.
 */
export async function bootService(
  definition: ServiceDefinition,
  options: ServiceOptions = {},
): Promise<RunningService> {
  const context = createContext(definition.name, options.env ?? process.env, options);
  const { config, logger, clock } = context;
  const givenUp = new AbortController();
  let state: ServiceState = 'starting';
  let hold = createHold();

  const health = createHealth({
    state: () => state,
    held: () => hold.held,
    pool: context.pool,
    keysPool: context.keysPool,
  });
  const app = await createApp({
    controllers: [HealthController, ...(definition.controllers ?? [])],
    providers: [
      { provide: SERVICE_CONTEXT, useValue: context },
      { provide: HEALTH, useValue: health },
      ...(definition.providers ?? []),
    ],
    maxBodyBytes: config.http.maxBodyBytes,
    rawContentTypes: definition.rawContentTypes ?? [],
    statuses: definition.statuses ?? {},
    verify:
      options.verify ??
      createTokenVerifier({
        tenants: context.tenants,
        audience: config.oidc.audience,
        tokenType: config.oidc.tokenType,
        clock,
      }),
    isOpen: () => state === 'running',
    logger,
    metrics: context.metrics,
    random: context.random,
  });
  try {
    await app.listen({ port: config.http.port, host: config.http.host });
  } catch (error) {
    const problem = listenFailure[(error as { code?: string }).code ?? ''];
    await Promise.all([context.pool.end(), context.keysPool.end()]);
    throw problem
      ? refusedAtStart({
          what: `Address ${config.http.host}:${config.http.port}`,
          problem,
          remedy: 'stop that process or set HTTP_HOST and HTTP_PORT',
        })
      : error;
  }
  const address = await app.getUrl();
  logger.info('http.listening', { address, pid: process.pid });

  const start = async (): Promise<void> => {
    const waiting = { logger, signal: givenUp.signal };
    const from = clock();
    await Promise.all([
      awaitStep('database', () => context.pool.query('SELECT 1'), waiting),
      awaitStep('key store', () => context.keysPool.query('SELECT 1'), waiting),
      awaitStep('governance', () => checkGovernance(context), waiting),
    ]);
    await awaitStep(
      'service',
      async () => {
        try {
          await definition.onStart?.(context, hold);
        } catch (error) {
          const { intakes, processings, stops } = hold.held;
          hold = createHold();
          const undo = [...intakes, ...processings, ...stops].map(one => () => one.stop());
          await runStopSteps([{ name: 'undo', deadlineMs: 5_000, work: undo }], logger, clock);
          throw error;
        }
      },
      waiting,
    );
    if (state !== 'starting') return;
    state = 'running';
    logger.info('service.started', { durationMs: clock() - from });
  };
  const started = start();
  started.catch(() => undefined);

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    state = 'stopping';
    givenUp.abort(new Error('the service stops'));
    const from = clock();
    await started.catch(() => undefined);
    const steps = stopSteps(app, hold.held, context);
    const own: StopStep = { name: 'service', deadlineMs: 500, work: [() => definition.onStop?.(context)] };
    await runStopSteps([...steps.slice(0, 3), own, ...steps.slice(3)], logger, clock);
    logger.info('service.stopped', { durationMs: clock() - from });
  };
  return { context, app, address, started, stop: () => (stopping ??= stop()) };
}
