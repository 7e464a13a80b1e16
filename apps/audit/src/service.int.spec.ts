import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MemoryLog } from '@anamnesis/event-log';
import { migrate, processingMigrations } from '@anamnesis/processing';
import { bootService, type Caller, type RunningService } from '@anamnesis/service';
import { governanceRecord, governedLog, testEnvironment } from '@anamnesis/service/testing';
import { createLogger } from '@anamnesis/telemetry';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import { auditMigrations } from './rebuild/rebuildProjection.js';
import { createHospital, type SentMessage } from './fixture/messages.js';
import { fakeCompile, rawResult } from './fixture/translation.js';
import type { FieldLineage, MessageLineage } from './lineage/types.js';
import { auditService } from './service.js';

const people: Readonly<Record<string, Caller>> = {
  ada: { sub: 'ada', tenant: 'demo', roles: ['auditor', 'operator'], purposes: ['HOPERAT'] },
  nora: { sub: 'nora', tenant: 'demo', roles: ['clinician'], purposes: ['TREAT'] },
  ivan: { sub: 'ivan', tenant: 'demo', roles: ['integrator'], purposes: ['HOPERAT'] },
  noor: { sub: 'noor', tenant: 'north', roles: ['auditor'], purposes: ['HOPERAT'] },
};
const keyMigrations = new URL('../../../libs/keys/src/migrations/', import.meta.url);

describe('the audit service', () => {
  let database: TestDatabase;
  let log: MemoryLog;
  let running: RunningService;
  let environment: ReturnType<typeof testEnvironment>;
  let message: SentMessage;
  const observation = 'abcdefghijklmnopqrstuvwxyz234567';

  const settle = async (): Promise<void> => {
    while (await log.deliver());
  };
  const ask = async (who: string, path: string, purpose?: string) => {
    const answer = await fetch(`${running.address}${path}`, {
      headers: { authorization: who, ...(purpose ? { 'x-purpose-of-use': purpose } : {}) },
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };

  beforeAll(async () => {
    database = await testPostgres();
    await migrate(database.url, [processingMigrations, keyMigrations, auditMigrations]);
    log = await governedLog();
    await log.writer.append([
      governanceRecord('plan.published.v1', { hash: 'plan-1', content: {} }),
      governanceRecord('interface.activated.v1', {
        interface: 'lab-results',
        tenant: 'demo',
        version: 1,
        plan: 'plan-1',
        contract: {},
      }),
    ]);
    environment = testEnvironment({
      SERVICE: 'audit',
      DATABASE_URL: database.url,
      KEYS_DATABASE_URL: database.url,
    });
    running = await bootService(
      auditService({
        compile: fakeCompile(),
        readers: ({ reader }) => ({ feeder: reader, projections: reader }),
      }),
      {
        env: environment.env,
        writer: log.writer,
        reader: log.reader,
        inspector: log.inspector,
        logger: createLogger('audit', { level: 'error' }),
        verify: async authorization => people[authorization ?? ''] as Caller,
      },
    );
    await running.started;
    const { keyring, tenants, random } = running.context;
    const idKey = tenants.get('demo')?.idKey ?? Buffer.alloc(32);
    const hospital = createHospital(log.writer, { keyring }, random, idKey);
    const raw = rawResult(observation, '7.4');
    message = await hospital.receive({ control: 'MSG-1', raw });
    const part = { n: 1, of: 1, srids: [message.srid] };
    const result = fakeCompile()({})(Buffer.from(raw), { idKey, eventId: message.eventId, part });
    if (!result.ok) throw new Error('no translation');
    await hospital.translate(message, { output: result.outputHash, lineage: result.lineageHash });
    await hospital.submit(message);
    await hospital.decide(message, 'accepted', [
      {
        type: 'Observation',
        id: observation,
        version: 1,
        action: 'created',
        subject: message.srid,
        bodyHash: 'h',
      },
    ]);
    await settle();
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await database?.close();
    environment?.dispose();
  });

  it('shows a message to an auditor with a purpose, and records that before it answers', async () => {
    const { status, body } = await ask('ada', `/lineage/messages/${message.eventId}`, 'HOPERAT');
    expect(status).toBe(200);
    expect((body as MessageLineage).state).toBe('recorded');
    const recorded = log.records('audit.access.audit').at(-1);
    expect(JSON.parse(recorded?.value?.toString() ?? '{}')).toMatchObject({
      actor: { sub: 'ada' },
      action: 'lineage',
      outcome: 'permit',
      hits: [`Message/${message.correlation}`, `Observation/${observation}`],
    });
  });

  it('denies without a purpose and to a wrong role, and records the denial', async () => {
    const before = log.records('audit.access.audit').length;
    expect((await ask('ada', `/lineage/messages/${message.eventId}`)).status).toBe(403);
    expect((await ask('ivan', '/access?srid=x', 'HOPERAT')).status).toBe(403);
    const denied = log.records('audit.access.audit').slice(before);
    expect(denied.map(record => record.headers['anm_outcome'])).toEqual(['deny', 'deny']);
  });

  it('answers another tenant as if there were nothing', async () => {
    expect((await ask('noor', `/lineage/messages/${message.eventId}`, 'HOPERAT')).status).toBe(404);
    expect((await ask('noor', `/lineage/messages/${message.eventId}/raw`, 'HOPERAT')).status).toBe(404);
    const found = await ask('noor', '/lineage/messages?control=MSG-1', 'HOPERAT');
    expect(found.body).toEqual({ candidates: [] });
    expect((await ask('noor', '/hops?since=0', 'HOPERAT')).body).toMatchObject({ hops: [] });
  });

  it('finds a message by its control id', async () => {
    const { body } = await ask('ada', '/lineage/messages?control=MSG-1', 'HOPERAT');
    expect(body).toMatchObject({ candidates: [{ id: message.correlation, interface: 'lab-results' }] });
  });

  it('traces a field, and reveals its bytes only to whom it may', async () => {
    const path = `/lineage/resources/Observation/${observation}?path=valueQuantity.value`;
    const masked = (await ask('nora', path, 'TREAT')).body as FieldLineage;
    expect(masked).toMatchObject({ verified: true, messageId: message.eventId });
    expect(masked.source[0]).not.toHaveProperty('text');
    const revealed = (await ask('nora', `${path}&reveal=true`, 'TREAT')).body as FieldLineage;
    expect(revealed.source[0]?.text).toBe('7.4');
    expect((await ask('ivan', `${path}&reveal=true`, 'HOPERAT')).status).toBe(403);
    expect((await ask('nora', `${path}&unknown=1`, 'TREAT')).status).toBe(400);
    expect(
      (await ask('nora', `/lineage/resources/Observation/${observation}?path=code`, 'TREAT')).status,
    ).toBe(404);
  });

  it('keeps the ledger of who looked, asked by resource and by source record', async () => {
    await settle();
    for (const query of [`resource=Observation/${observation}`, `srid=${message.srid}`]) {
      const { status, body } = await ask('ada', `/access?${query}`, 'HOPERAT');
      expect(status).toBe(200);
      const seen = (body as { accesses: { actor: string; action: string }[] }).accesses;
      expect(seen.map(({ actor, action }) => `${actor} ${action}`)).toEqual(
        expect.arrayContaining(['ada lineage', 'nora lineage', 'nora reveal']),
      );
    }
  });

  it('pages through hops and finds nothing missing', async () => {
    await settle();
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page: string = next === undefined ? '' : `&page=${next}`;
      const { body } = await ask('ada', `/hops?since=0&limit=3${page}`, 'HOPERAT');
      const { hops, next: more } = body as {
        hops: { topic: string; partition: number; offset: number }[];
        next?: string;
      };
      seen.push(...hops.map(hop => `${hop.topic}/${hop.partition} ${hop.offset}`));
      next = more;
    } while (next);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter(place => place.startsWith('records.'))).toHaveLength(2);
    const until = Date.UTC(2100, 0);
    const { body } = await ask('ada', `/completeness?since=0&until=${until}`, 'HOPERAT');
    expect(body).toMatchObject({
      complete: true,
      laneGaps: [],
      unaccounted: { count: 0 },
      orphans: { count: 0 },
    });
  });
});
