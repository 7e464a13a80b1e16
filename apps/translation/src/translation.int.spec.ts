import { readFileSync } from 'node:fs';
import type { ExceptionRaisedV1, MessageTranslatedV1 } from '@anamnesis/contracts';
import type { MemoryLog } from '@anamnesis/event-log';
import { parseInterface, planContent, planHash, type InterfaceContract } from '@anamnesis/mapping';
import { decodeBatch, migrate, processingMigrations, type ReceivedEvent } from '@anamnesis/processing';
import { bootService, type RunningService } from '@anamnesis/service';
import { govern, governedLog, testEnvironment } from '@anamnesis/service/testing';
import { createLogger } from '@anamnesis/telemetry';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import { translationDefinition } from './definition.js';
import { patient, result, testMessage } from './testing/messages.js';
import { receivedRecords } from './testing/received.js';

const contractOf = (name: string): InterfaceContract =>
  parseInterface(readFileSync(new URL(`../../../interfaces/${name}.yaml`, import.meta.url), 'utf8'));
const adt = contractOf('adt-main');
const lab = contractOf('lab-results');

let database: TestDatabase;
let log: MemoryLog;
let service: RunningService;
const lines: string[] = [];
let environment: ReturnType<typeof testEnvironment>;

const planOf = (contract: InterfaceContract): string => planHash(planContent(contract));

async function boot(): Promise<void> {
  service = await bootService(translationDefinition(), {
    env: environment.env,
    writer: log.writer,
    reader: log.reader,
    inspector: log.inspector,
    logger: createLogger('translation', { level: 'debug', write: line => void lines.push(line) }),
    verify: async () => ({ sub: 'ivan', tenant: 'demo', roles: ['integrator'], purposes: ['HOPERAT'] }),
  });
  await service.started;
}

async function settle(): Promise<void> {
  while (await log.deliver());
}

async function receive(contract: InterfaceContract, message: string | Uint8Array, plan = planOf(contract)) {
  const records = await receivedRecords(service.context, { contract, plan, message });
  await log.writer.append(records);
  await settle();
  return records;
}

const events = async (topic: string): Promise<ReceivedEvent[]> =>
  (await decodeBatch(log.records(topic), service.context.keyring)).flatMap(one =>
    one.readable ? [one.event] : [],
  );
const translated = async (control: string) =>
  (await events('clinical.translated')).filter(
    event => (event.payload as MessageTranslatedV1).controlId === control,
  ) as ReceivedEvent<'message.translated.v1'>[];
const exceptions = async (code: string) =>
  (await events('operations.exceptions.translation'))
    .map(event => event.payload as ExceptionRaisedV1)
    .filter(payload => payload.code === code);
const parkedCodes = async (): Promise<string[]> => {
  const { rows } = await service.context.pool.query<{ code: string }>(
    'SELECT code FROM parked ORDER BY topic, partition, "offset"',
  );
  return rows.map(row => row.code);
};

beforeAll(async () => {
  database = await testPostgres();
  await migrate(database.url, [
    processingMigrations,
    new URL('../../../libs/keys/src/migrations/', import.meta.url),
    new URL('./migrations/', import.meta.url),
  ]);
  log = await governedLog();
  for (const contract of [adt, lab]) {
    const content = planContent(contract);
    const plan = planHash(content);
    await govern(log, 'plan.published.v1', { hash: plan, content: { ...content } });
    await govern(log, 'interface.activated.v1', {
      interface: contract.id,
      tenant: contract.tenant,
      version: contract.version,
      plan,
      contract: { ...contract },
    });
  }
  environment = testEnvironment({
    SERVICE: 'translation',
    DATABASE_URL: database.url,
    KEYS_DATABASE_URL: database.url,
  });
  await boot();
}, 60_000);
afterAll(async () => {
  await service?.stop();
  await database?.close();
  environment?.dispose();
});

describe('a received message', () => {
  it('is translated by its plan, sealed under its key, with the hashes that lineage is checked against', async () => {
    const [record] = await receive(adt, testMessage({ control: 'T1' }));
    const [event] = await translated('T1');
    expect(event?.payload.resources.map(resource => resource.type)).toEqual(
      expect.arrayContaining(['Patient', 'Encounter']),
    );
    expect(event?.attributes).toMatchObject({
      source: 'translation',
      srid: record?.headers['ce_srid'],
      keyId: record?.headers['ce_keyid'],
      plan: planOf(adt),
      correlationId: record?.headers['ce_correlationid'],
      causationId: record?.headers['ce_id'],
      traceparent: record?.headers['traceparent'],
      causePosition: { topic: 'ingress.messages', epoch: 'e1', index: 0 },
      facts: {
        interface: 'adt-main',
        outputhash: expect.stringMatching(/^[a-z2-7]{32}$/),
        lineagehash: expect.stringMatching(/^[a-z2-7]{32}$/),
        rulesethash: expect.any(String),
        leaves: expect.stringMatching(/^\d+\/\d+\/\d+\/\d+$/),
        part: '1/1',
      },
    });
    const { total, mapped, ignored, reported } = event?.payload.leaves ?? ({} as never);
    expect(mapped + ignored + reported.length).toBe(total);
  });

  it('becomes one translation per part, each with the resources of its own patient', async () => {
    await receive(adt, testMessage({ control: 'M1', type: 'ADT^A40', rest: [`MRG|${patient('2002')}`] }));
    const parts = await translated('M1');
    expect(parts.map(part => part.attributes.facts?.['part']).sort()).toEqual(['1/2', '2/2']);
    for (const { payload, attributes } of parts) {
      expect(payload.identity?.class).toBe('merge');
      const patients = payload.resources.filter(resource => resource.type === 'Patient');
      expect(patients.map(resource => resource.subject)).toEqual([attributes.srid]);
    }
  });

  it('is dropped when its edge id was taken at another position', async () => {
    const records = await receive(lab, result('E1', '101'));
    await log.writer.append(records);
    await settle();
    expect(await translated('E1')).toHaveLength(1);
  });

  it('gives the same events again after a crash between append and cursor', async () => {
    await receive(lab, result('R1', '99'));
    const [first] = await translated('R1');
    await service.stop();
    await boot();
    await service.context.pool.query(
      "UPDATE cursor SET next = 0, marks = '{}' WHERE processor = 'translate'",
    );
    const before = log.records('clinical.translated').length;
    await settle();
    const all = await translated('R1');
    expect(log.records('clinical.translated').length).toBeGreaterThan(before);
    expect(new Set(all.map(event => event.attributes.id))).toEqual(new Set([first?.attributes.id]));
    expect(new Set(all.map(event => event.attributes.facts?.['outputhash'])).size).toBe(1);
  });
});

describe('a message that cannot be translated', () => {
  it('without a known patient: parked, one exception per message for the registrar', async () => {
    await receive(adt, testMessage({ control: 'U1', patient: '' }));
    await receive(adt, testMessage({ control: 'U2', patient: '77^^^ELSEWHERE^MR' }));
    expect(await translated('U1')).toEqual([]);
    const raised = await exceptions('unidentified-patient');
    expect(raised).toHaveLength(2);
    expect(new Set(raised.map(payload => payload.group)).size).toBe(2);
    expect(raised[0]).toMatchObject({
      interface: 'adt-main',
      category: 'parked',
      single: true,
      ownerRole: 'registrar',
      act: adt.exceptions.acts?.['unidentified-patient'],
      place: { service: 'translation', topic: 'ingress.messages' },
      item: { field: 'PID-3', messageType: 'ADT^A01' },
    });
  });

  it('without a map: parked, one exception per trigger for the integrator, and the rest goes on', async () => {
    await receive(adt, testMessage({ control: 'N1', type: 'ADT^A60' }));
    await receive(adt, testMessage({ control: 'N2', type: 'ADT^A60' }));
    await receive(adt, testMessage({ control: 'N3', type: 'ADT^A61' }));
    await receive(adt, testMessage({ control: 'N4' }));
    const raised = await exceptions('no-map');
    expect(raised.map(payload => payload.ownerRole)).toEqual(['integrator', 'integrator', 'integrator']);
    expect(new Set(raised.map(payload => payload.group)).size).toBe(2);
    expect(await translated('N4')).toHaveLength(1);
  });

  it('is kept as it was read', async () => {
    expect(new Set(await parkedCodes())).toEqual(new Set(['unidentified-patient', 'no-map']));
  });

  it('part of a message: only the part of the unknown patient is parked', async () => {
    const rest = [
      'OBR|1||F7|2345-7^Glucose^LN',
      'OBX|1|NM|2345-7^Glucose^LN||99|mg/dL|||||F',
      'PID|2||88^^^ELSEWHERE^MR||EVERYMAN^ADAM',
      'OBR|2||F8|2345-7^Glucose^LN',
      'OBX|1|NM|2345-7^Glucose^LN||98|mg/dL|||||F',
    ];
    const before = (await exceptions('unidentified-patient')).length;
    await receive(lab, testMessage({ control: 'P1', type: 'ORU^R01', rest }));
    expect(await translated('P1')).toHaveLength(1);
    expect(await exceptions('unidentified-patient')).toHaveLength(before + 1);
  });

  it('whose payload was changed: parked for the operator', async () => {
    const [record] = await receivedRecords(service.context, {
      contract: adt,
      plan: planOf(adt),
      message: testMessage({ control: 'X1' }),
    });
    const value = Buffer.from(record?.value ?? []);
    value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
    await log.writer.append([{ ...(record as NonNullable<typeof record>), value }]);
    await settle();
    expect(await exceptions('seal-broken')).toMatchObject([{ ownerRole: 'operator', category: 'parked' }]);
  });

  it('names no patient in exceptions and log lines', async () => {
    const texts = JSON.stringify(await events('operations.exceptions.translation')) + lines.join('');
    expect(texts).not.toMatch(/EVERY|1001\^|ELSEWHERE/);
  });
});

describe('a message whose data key was destroyed', () => {
  it('falls: nothing is written, nothing is raised', async () => {
    const [record] = await receivedRecords(service.context, {
      contract: adt,
      plan: planOf(adt),
      message: testMessage({ control: 'D1', patient: patient('9009') }),
    });
    await service.context.pool.query(
      "UPDATE data_key SET wrapped = NULL, state = 'destroyed' WHERE owner = $1",
      [record?.headers['ce_srid']],
    );
    await service.stop();
    await boot();
    const before = log.records('operations.exceptions.translation').length;
    await log.writer.append([record as NonNullable<typeof record>]);
    await settle();
    expect(await translated('D1')).toEqual([]);
    expect(log.records('operations.exceptions.translation')).toHaveLength(before);
  });
});

describe('a plan that is not in governance', () => {
  it('stops its partition until it is published; other partitions go on', async () => {
    const changed = { ...adt, version: 2, description: 'A later version of the interface' };
    const content = planContent(changed);
    const plan = planHash(content);
    await receive(changed, testMessage({ control: 'S1' }), plan);
    expect(await translated('S1')).toEqual([]);
    expect(lines.join('')).toContain('ANM_PLAN_MISSING');
    await receive(adt, testMessage({ control: 'S2', patient: patient('1004') }));
    await govern(log, 'plan.published.v1', { hash: plan, content: { ...content } });
    await new Promise(resolve => setTimeout(resolve, 1_100));
    await settle();
    expect(await translated('S1')).toHaveLength(1);
  });
});

describe('GET /plans', () => {
  it('names the plans that are loaded, to those who may know', async () => {
    const answer = await fetch(`${service.address}/plans`, {
      headers: { authorization: 'Bearer x', 'x-purpose-of-use': 'HOPERAT' },
    });
    expect(await answer.json()).toMatchObject({
      plans: expect.arrayContaining([{ hash: planOf(adt), interface: 'adt-main', version: 1 }]),
    });
  });
});
