import { randomBytes } from 'node:crypto';
import {
  derivedId,
  type EventAttributes,
  type IdentityDecidedV1,
  type RecordsDecidedV1,
} from '@anamnesis/contracts';
import type { MemoryLog } from '@anamnesis/event-log';
import { decodeBatch, encodeEvent, migrate, processingMigrations } from '@anamnesis/processing';
import { bootService, type RunningService } from '@anamnesis/service';
import { governedLog, testEnvironment } from '@anamnesis/service/testing';
import { createLogger } from '@anamnesis/telemetry';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import { rebuildIdentity } from './rebuild/rebuildIdentity.js';
import { identityService } from './service.js';

const keyMigrations = new URL('../../../libs/keys/src/migrations/', import.meta.url);
const migrations = new URL('./migrations/', import.meta.url);
const lines: string[] = [];

let database: TestDatabase;
let environment: ReturnType<typeof testEnvironment>;
let log: MemoryLog;
let running: RunningService;
let laneSeq = 0;

beforeAll(async () => {
  database = await testPostgres();
  await migrate(database.url, [processingMigrations, keyMigrations, migrations]);
  environment = testEnvironment({
    SERVICE: 'identity',
    DATABASE_URL: database.url,
    KEYS_DATABASE_URL: database.url,
  });
  log = await governedLog();
  running = await bootService(identityService, {
    env: environment.env,
    writer: log.writer,
    reader: log.reader,
    inspector: log.inspector,
    logger: createLogger('identity', { write: line => void lines.push(line) }),
    verify: async authorization => {
      const [tenant = '', ...roles] = (authorization ?? '').split(' ');
      return { sub: 'somebody', tenant, roles, purposes: ['TREAT', 'HOPERAT'] };
    },
  });
  await running.started;
}, 60_000);

afterAll(async () => {
  await running.stop();
  await database.close();
  environment.dispose();
});

async function settle(): Promise<void> {
  do await new Promise(resolve => setTimeout(resolve, 20));
  while (await log.deliver());
}

const ssn = (value: string) => ({ system: 'http://hl7.org/fhir/sid/us-ssn', value });
const srid = (name: string): string => derivedId(Buffer.alloc(32, 9), 'srid', [name]);

interface Accepted {
  readonly patients?: Readonly<Record<string, readonly object[]>>;
  readonly merge?: readonly [replaced: string, survivor: string];
}

/** Appends what records publishes for an accepted message, sealed under the source record's key. */
async function accepted(tenant: string, { patients = {}, merge }: Accepted): Promise<void> {
  const { keyring, tenants } = running.context;
  const shard = tenants.get(tenant)?.shard ?? 0;
  const owner = srid(Object.keys(patients)[0] ?? merge?.[0] ?? '');
  const key = (await keyring.forSealing([{ tenant, owner }])).get(owner);
  laneSeq += 1;
  const id = `decided-${tenant}-${laneSeq}`;
  const payload: RecordsDecidedV1 = {
    intentId: `intent-${laneSeq}`,
    intentType: 'records.bundle-submitted.v1',
    seq: laneSeq,
    outcome: 'accepted',
    decider: { name: 'records', version: 1 },
    decidedAt: '2026-01-01T00:00:00Z',
    results: Object.entries(patients).map(([name, identifier]) => ({
      type: 'Patient',
      id: srid(name),
      version: 1,
      action: 'created',
      subject: srid(name),
      bodyHash: 'h',
      body: { resourceType: 'Patient', id: srid(name), identifier },
    })),
    reads: [],
    ...(merge ? { merge: { replaced: srid(merge[0]), survivor: srid(merge[1]) } } : {}),
  };
  const attributes: Omit<EventAttributes, 'type' | 'contentType' | 'keyId'> = {
    id,
    source: 'records',
    time: '2026-01-01T00:00:00Z',
    partitionKey: String(shard),
    tenant,
    srid: owner,
    correlationId: `message-${laneSeq}`,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    facts: { patients: '1', ...(merge ? { merge: '1' } : {}) },
  };
  await log.writer.append([
    encodeEvent({ ...attributes, type: 'records.decided.v1' }, payload, {
      topic: 'records.events',
      partition: shard,
      key: String(shard),
      dataKey: key,
      random: randomBytes,
    }),
  ]);
  await settle();
}

async function person(
  name: string,
  as = 'demo clinician',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${running.address}/persons/by-record/${srid(name)}`, {
    headers: { authorization: as, 'x-purpose-of-use': 'TREAT' },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function decisions(shard: number): Promise<IdentityDecidedV1[]> {
  const decoded = await decodeBatch(log.records('identity.events', shard), running.context.keyring);
  return decoded.flatMap(one =>
    one.readable && one.event.attributes.type === 'identity.decided.v1'
      ? [one.event.payload as IdentityDecidedV1]
      : [],
  );
}

describe('identity from the record to the person', () => {
  it('links records of one social security number and answers with all members', async () => {
    await accepted('demo', { patients: { a: [ssn('123-45-6788')] } });
    await accepted('demo', { patients: { b: [ssn('123456788')] } });
    await accepted('demo', { patients: { c: [] } });
    const { status, body } = await person('b');
    expect(status).toBe(200);
    expect(body).toEqual({
      person: (await person('a')).body['person'],
      members: [srid('a'), srid('b')].sort(),
      epoch: 2,
    });
    expect((await person('c')).body['members']).toEqual([srid('c')]);
  });

  it('keeps tenants apart although they carry the same number', async () => {
    await accepted('north', { patients: { n: [ssn('123-45-6788')] } });
    expect((await person('n', 'north clinician')).body['members']).toEqual([srid('n')]);
    expect((await person('a', 'north clinician')).status).toBe(404);
    expect((await person('n')).status).toBe(404);
  });

  it('moves the members of an absorbed person in one epoch, and nothing the second time', async () => {
    await accepted('demo', { patients: { d: [] }, merge: ['a', 'd'] });
    expect((await person('d')).body['members']).toEqual([srid('a'), srid('b'), srid('d')].sort());
    await accepted('demo', { merge: ['a', 'd'] });
    const made = await decisions(0);
    expect(made.slice(-2).map(one => one.outcome)).toEqual(['accepted', 'unchanged']);
    expect(made.at(-2)?.facts[0]).toMatchObject({
      fact: 'persons-merged',
      absorbedMembers: [srid('a'), srid('b')].sort(),
    });
  });

  it('refuses a cyclic merge with its reason', async () => {
    await accepted('demo', { merge: ['d', 'a'] });
    expect((await decisions(0)).at(-1)).toMatchObject({
      outcome: 'rejected',
      code: 'merge-cycle',
      facts: [],
    });
  });

  it('publishes each moved link for outside readers, in lane order and without demographics', async () => {
    const links = log
      .records('identity.links', 0)
      .map(record => JSON.parse(String(record.value)) as { srid: string; epoch: number });
    expect(links.map(link => link.epoch)).toEqual([...links.map(link => link.epoch)].sort((a, b) => a - b));
    expect(log.records('identity.links', 0).map(record => Number(record.headers['ce_laneseq']))).toEqual(
      links.map((_, at) => at + 1),
    );
    for (const record of [...log.records('identity.events', 0), ...log.records('identity.log', 0)])
      expect(`${record.key} ${JSON.stringify(record.headers)} ${String(record.value)}`).not.toMatch(
        /123-?45-?6788/,
      );
  });

  it('drops what is delivered again', async () => {
    const before = await decisions(0);
    log.redeliverFrom(0);
    await settle();
    expect(await decisions(0)).toEqual(before);
  });

  it('rebuilds to the same content from its events alone', async () => {
    const result = await rebuildIdentity(running.context);
    expect(result).toMatchObject({ equal: true, complete: true, rebuilt: result.live });
    await running.context.pool.query(`UPDATE link SET person = 'forged' WHERE srid = $1`, [srid('c')]);
    expect(await rebuildIdentity(running.context)).toMatchObject({ equal: false, complete: true });
  });

  it('announces its policy set once and says how far both streams are complete', async () => {
    await new Promise(resolve => setTimeout(resolve, 2_500));
    await settle();
    const types = log.records('consent.events', 0).map(record => record.headers['ce_type']);
    expect(types[0]).toBe('policy-set.published.v1');
    expect(types.filter(type => type === 'policy-set.published.v1')).toHaveLength(1);
    expect(types).toContain('consent.watermark.v1');
    const marks = log
      .records('identity.events', 0)
      .filter(record => record.headers['ce_type'] === 'identity.watermark.v1');
    expect(JSON.parse(String(marks.at(-1)?.value))).toMatchObject({
      epoch: expect.any(Number),
      at: expect.any(String),
    });
  });

  it('denies without a purpose and records the denial', async () => {
    const answer = await fetch(`${running.address}/persons/by-record/${srid('a')}`, {
      headers: { authorization: 'demo clinician' },
    });
    expect(answer.status).toBe(403);
    const denials = log
      .records('audit.access.identity')
      .map(record => JSON.parse(String(record.value)) as { outcome: string });
    expect(denials.filter(access => access.outcome === 'deny')).toHaveLength(1);
    expect(lines.join('\n')).not.toMatch(/"level":"(warn|error)"/);
  });
});
