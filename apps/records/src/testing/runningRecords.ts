import { createMemoryLog, type MemoryLog } from '@anamnesis/event-log';
import { createKeyring, createPostgresKeyStore, type Keyring } from '@anamnesis/keys';
import { createPool, migrate, processingMigrations } from '@anamnesis/processing';
import { bootService, type Caller, type ServiceContext } from '@anamnesis/service';
import { governedCell, testEnvironment } from '@anamnesis/service/testing';
import { createLogger } from '@anamnesis/telemetry';
import { testPostgres } from '@anamnesis/testing';
import type { AccessRecordedV1 } from '@anamnesis/contracts';
import { recordsMigrations } from '../rebuild/rebuildRecords.js';
import { recordsService } from '../service.js';
import { bundleRecord, countingBytes } from './records.js';
import type { Intent } from './scenario.js';

const keyMigrations = new URL('../../../../libs/keys/src/migrations/', import.meta.url);

/** Time for a hook: a database server may have to start first, on a busy machine. */
export const startMs = 60_000;

const callers: Record<string, Caller> = {
  nora: { sub: 'nora', tenant: 'demo', roles: ['clinician', 'registrar'], purposes: ['TREAT'] },
  ivan: { sub: 'ivan', tenant: 'demo', roles: ['integrator', 'operator'], purposes: ['HOPERAT'] },
  norah: { sub: 'nora', tenant: 'north', roles: ['clinician'], purposes: ['TREAT'] },
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** FHIR JSON as sent; tests look into it. */
  readonly body: Record<string, never> & {
    entry?: { resource: { id: string } }[];
    link?: { relation: string; url: string }[];
  };
}

export interface Asking {
  readonly as?: string;
  /** null: no purpose is named. */
  readonly purpose?: string | null;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole service on a real database and a log in memory that delivers by itself. */
export interface RunningRecords {
  readonly context: ServiceContext;
  readonly log: MemoryLog;
  readonly keyring: Keyring;
  /** The service's own log lines. */
  readonly lines: string[];
  ask(path: string, asking?: Asking): Promise<Answer>;
  /** Sends translated messages and waits until the record has decided on them. */
  send(intents: readonly Intent[], tenant?: string, shard?: number): Promise<void>;
  /** Appends a translated message without waiting. */
  append(intent: Intent, tenant?: string, shard?: number): Promise<void>;
  /** What the ledger holds, in the order of its numbers. */
  accesses(): AccessRecordedV1[];
  stop(): Promise<void>;
}

export const idsOf = ({ body }: Answer): string[] => (body.entry ?? []).map(entry => entry.resource.id);
export const nextOf = ({ body }: Answer): string | undefined =>
  body.link?.find(link => link.relation === 'next')?.url;
export const loinc = (code: string) => ({ code: { coding: [{ system: 'http://loinc.org', code }] } });

/** Waits until something holds; false when it does not within five seconds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let n = 0; n < 1_000; n += 1) {
    if (await holds()) return true;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return false;
}

export async function runRecords(): Promise<RunningRecords> {
  const database = await testPostgres();
  await migrate(database.url, [processingMigrations, keyMigrations, recordsMigrations]);
  const environment = testEnvironment({ DATABASE_URL: database.url, KEYS_DATABASE_URL: database.url });
  const log = createMemoryLog(() => Date.now());
  await log.writer.append(governedCell());
  const lines: string[] = [];
  const running = await bootService(recordsService(), {
    env: environment.env,
    writer: log.writer,
    reader: log.reader,
    inspector: log.inspector,
    logger: createLogger('records', { level: 'debug', write: line => void lines.push(line) }),
    verify: async authorization => callers[authorization?.slice('Bearer '.length) ?? ''] as Caller,
  });
  await running.started;
  const { context } = running;
  const keyPool = createPool(database.url, { applicationName: 'test', max: 1 });
  // The gateway's and translation's view of the keys.
  const keyring = createKeyring({
    store: createPostgresKeyStore(keyPool),
    masterKey: tenant => context.tenants.get(tenant)?.masterKey ?? Buffer.alloc(32),
    random: countingBytes,
  });
  let delivering = true;
  const delivery = (async () => {
    while (delivering) if (!(await log.deliver())) await new Promise(resolve => setTimeout(resolve, 5));
  })();
  let offset = 0;

  const append: RunningRecords['append'] = async (intent, tenant = 'demo', shard = 0) => {
    const { bundle: payload, id, correlationId } = intent;
    if (!payload) throw new Error('only messages travel this way');
    const record = await bundleRecord(
      keyring,
      { payload, id: `${tenant}-${id}`, correlationId, tenant, shard },
      { topic: 'clinical.translated', partition: shard * 2, type: 'message.translated.v1', offset: offset++ },
    );
    await log.writer.append([record]);
  };

  return {
    context,
    log,
    keyring,
    lines,
    append,
    async ask(path, { as = 'nora', purpose = 'TREAT', method = 'GET', body, headers = {} } = {}) {
      const answer = await fetch(path.startsWith('http') ? path : `${running.address}/fhir/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${as}`,
          ...(purpose === null ? {} : { 'x-purpose-of-use': purpose }),
          ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
      };
    },
    async send(intents, tenant = 'demo', shard = 0) {
      const decided = (): number => log.records('records.events', shard).length;
      const before = decided();
      for (const intent of intents) await append(intent, tenant, shard);
      if (!(await eventually(() => decided() >= before + intents.length)))
        throw new Error(`${decided() - before} of ${intents.length} messages were decided`);
    },
    accesses: () =>
      log
        .records('audit.access.records')
        .map(record => JSON.parse(String(record.value)) as AccessRecordedV1)
        .sort((a, b) => a.n - b.n),
    async stop() {
      delivering = false;
      await delivery;
      await running.stop();
      await keyPool.end();
      await database.close();
      environment.dispose();
    },
  };
}
