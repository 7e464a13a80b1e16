import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMemoryLog, type MemoryLog } from '@anamnesis/event-log';
import { createPostgresKeyStore, createKeyring, type Keyring } from '@anamnesis/keys';
import { createPool, encodeEvent, migrate, processingMigrations } from '@anamnesis/processing';
import { bootService, type Caller, type RunningService } from '@anamnesis/service';
import { governedCell, testEnvironment } from '@anamnesis/service/testing';
import { createLogger } from '@anamnesis/telemetry';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import { fhirTypes, interactions } from './http/fhirTypes.js';
import { recordsMigrations } from './rebuild/rebuildRecords.js';
import { recordsService } from './service.js';
import { bundleRecord, countingBytes } from './testing/records.js';
import { adam, bundle, eve, merge, observation, patient, type Intent } from './testing/scenario.js';

const keyMigrations = new URL('../../../libs/keys/src/migrations/', import.meta.url);

let database: TestDatabase;
let environment: ReturnType<typeof testEnvironment>;
let log: MemoryLog;
let running: RunningService;
let keyring: Keyring;
let pool: ReturnType<typeof createPool>;
let delivering = true;
let delivery: Promise<void>;
const lines: string[] = [];
/** A database server may have to start first, on a busy machine. */
const startMs = 60_000;

const callers: Record<string, Caller> = {
  nora: { sub: 'nora', tenant: 'demo', roles: ['clinician', 'registrar'], purposes: ['TREAT'] },
  ivan: { sub: 'ivan', tenant: 'demo', roles: ['integrator', 'operator'], purposes: ['HOPERAT'] },
  norah: { sub: 'nora', tenant: 'north', roles: ['clinician'], purposes: ['TREAT'] },
};

beforeAll(async () => {
  database = await testPostgres();
  await migrate(database.url, [processingMigrations, keyMigrations, recordsMigrations]);
  environment = testEnvironment({ DATABASE_URL: database.url, KEYS_DATABASE_URL: database.url });
  log = createMemoryLog(() => Date.now());
  await log.writer.append(governedCell());
  running = await bootService(recordsService(), {
    env: environment.env,
    writer: log.writer,
    reader: log.reader,
    inspector: log.inspector,
    logger: createLogger('records', { level: 'debug', write: line => void lines.push(line) }),
    verify: async authorization => callers[authorization?.slice('Bearer '.length) ?? ''] as Caller,
  });
  await running.started;
  const { tenants } = running.context;
  pool = createPool(database.url, { applicationName: 'test', max: 1 });
  keyring = createKeyring({
    store: createPostgresKeyStore(pool),
    masterKey: tenant => tenants.get(tenant)?.masterKey ?? Buffer.alloc(32),
    random: countingBytes,
  });
  delivery = (async () => {
    while (delivering) if (!(await log.deliver())) await new Promise(resolve => setTimeout(resolve, 5));
  })();
}, startMs);
afterAll(async () => {
  delivering = false;
  await delivery;
  await running.stop();
  await pool.end();
  await database.close();
  environment.dispose();
}, startMs);

let offset = 0;

/** Sends translated messages and waits until the record has decided on them. */
async function send(intents: readonly Intent[], tenant = 'demo', shard = 0): Promise<void> {
  const before = log.records('records.events', shard).length;
  for (const { bundle: payload, id, correlationId } of intents) {
    if (!payload) continue;
    const record = await bundleRecord(
      keyring,
      { payload, id: `${tenant}-${id}`, correlationId, tenant, shard },
      { topic: 'clinical.translated', partition: shard * 2, type: 'message.translated.v1', offset: offset++ },
    );
    await log.writer.append([record]);
  }
  await until(() => log.records('records.events', shard).length >= before + intents.length);
}

async function until(holds: () => boolean): Promise<void> {
  for (let n = 0; n < 1_000 && !holds(); n += 1) await new Promise(resolve => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // FHIR JSON as sent; tests look into it.
  readonly body: Record<string, never> & {
    entry?: { resource: { id: string } }[];
    link?: { relation: string; url: string }[];
  };
}

async function ask(
  path: string,
  {
    as = 'nora',
    purpose = 'TREAT',
    method = 'GET',
    body,
    headers = {},
  }: {
    as?: string;
    purpose?: string | null;
    method?: string;
    body?: unknown;
    headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
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
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
}

const accesses = () =>
  log
    .records('audit.access.records')
    .map(r => JSON.parse(String(r.value)))
    .sort((a, b) => a.n - b.n);
const idsOf = ({ body }: Answer): string[] => (body.entry ?? []).map(entry => entry.resource.id);
const loinc = (code: string) => ({ code: { coding: [{ system: 'http://loinc.org', code }] } });

describe('a translated message', () => {
  it('becomes readable resources, by id, version and history', async () => {
    await send([
      bundle({
        resources: [
          patient(eve, { birthDate: '1962-03-20' }),
          observation('o1', eve, { status: 'preliminary' }),
        ],
      }),
      bundle({ resources: [observation('o1', eve, { status: 'final' })] }),
    ]);
    const read = await ask('Observation/o1');
    expect(read.status).toBe(200);
    expect(read.headers.get('etag')).toBe('W/"2"');
    expect(read.headers.get('content-type')).toContain('application/fhir+json');
    expect(Date.parse(read.headers.get('last-modified') ?? '')).not.toBeNaN();
    expect(read.body).toMatchObject({ status: 'final', meta: { versionId: '2' } });
    expect((await ask('Observation/o1/_history/1')).body).toMatchObject({ status: 'preliminary' });
    expect((await ask('Observation/o1/_history/3')).status).toBe(404);
    const history = await ask('Observation/o1/_history');
    expect(history.body).toMatchObject({
      type: 'history',
      entry: [
        { resource: { meta: { versionId: '2' } }, response: { etag: 'W/"2"' } },
        { resource: { meta: { versionId: '1' } }, request: { method: 'POST' } },
      ],
    });
    const paged = await ask('Observation/o1/_history?_count=1');
    const next = paged.body.link?.find(link => link.relation === 'next')?.url ?? '';
    expect((await ask(next)).body).toMatchObject({ entry: [{ resource: { meta: { versionId: '1' } } }] });
  });

  it('whose key was destroyed falls in the feeder, and is counted', async () => {
    const gone = 'erased'.padEnd(32, 'a');
    const intent = bundle({ resources: [patient(gone)] });
    const record = await bundleRecord(
      keyring,
      { payload: intent.bundle as never, id: intent.id },
      { topic: 'clinical.translated', partition: 0, type: 'message.translated.v1', offset: offset++ },
    );
    await running.context.keysPool.query(
      "UPDATE data_key SET wrapped = NULL, state = 'destroyed' WHERE owner = $1",
      [gone],
    );
    await log.writer.append([record]);
    await send([bundle({ resources: [patient(adam)] })]);
    expect((await ask(`Patient/${gone}`)).status).toBe(404);
    expect(await running.context.metrics.exposition()).toMatch(
      /pipeline_stage_total\{[^}]*outcome="erased"[^}]*\} 1/,
    );
  });
});

describe('a search', () => {
  beforeAll(async () => {
    await send([
      ...Array.from({ length: 5 }, (_, at) =>
        bundle({
          resources: [
            observation(`s${at}`, eve, { ...loinc(at % 2 ? '4544-3' : '787-2'), valueString: `${at}` }),
          ],
        }),
      ),
      bundle({
        resources: [
          observation('elsewhere', adam, {
            ...loinc('787-2'),
            identifier: [{ system: 'urn:oid:1.9', value: 'F|1' }, { value: 'bare' }],
          }),
        ],
      }),
    ]);
  });

  it.each([
    ['Observation?patient=' + eve + '&code=4544-3', ['s3', 's1']],
    ['Observation?patient=Patient/' + eve + '&code=http://loinc.org|4544-3', ['s3', 's1']],
    ['Observation?code=|4544-3', []],
    ['Observation?code=http://loinc.org|787-2&patient=' + adam, ['elsewhere']],
    ['Observation?_id=s1,s2,nobody', ['s2', 's1']],
    ['Observation?_id=s1&code=787-2', []],
    ['Observation?identifier=urn:oid:1.9|F\\|1', ['elsewhere']],
    ['Observation?identifier=F\\|1', []],
    ['Observation?identifier=|bare', ['elsewhere']],
    ['Observation?identifier=bare', ['elsewhere']],
    ['Patient?identifier=urn:oid:1.2.3|mrn-eveaa', []],
    ['Patient?identifier=mrn-' + eve.slice(0, 4), [eve]],
    ['Observation?patient=' + eve + '&_count=0', []],
  ])('%s', async (query, ids) => {
    const answer = await ask(query);
    expect(answer.status).toBe(200);
    expect(idsOf(answer)).toEqual(ids);
  });

  it('pages newest first, stable under writes, without skip or repeat', async () => {
    const first = await ask(`Observation?patient=${eve}&_count=2`);
    expect(idsOf(first)).toEqual(['s4', 's3']);
    await send([
      bundle({ resources: [observation('s9', eve), observation('s2', eve, { valueString: 'changed' })] }),
    ]);
    const seen: string[] = [];
    let next = first.body.link?.find(link => link.relation === 'next')?.url;
    while (next) {
      const page = await ask(next);
      seen.push(...idsOf(page));
      next = page.body.link?.find(link => link.relation === 'next')?.url;
    }
    expect(seen).toEqual(['s2', 's1', 's0', 'o1']);
  });

  it('takes a page token only for its own search and tenant', async () => {
    const first = await ask(`Observation?patient=${eve}&_count=2`);
    const token = new URL(first.body.link?.find(l => l.relation === 'next')?.url ?? '').searchParams.get(
      '_page',
    );
    expect((await ask(`Observation?patient=${adam}&_count=2&_page=${token}`)).status).toBe(400);
    expect((await ask(`Observation?patient=${eve}&_count=2&_page=${token}`, { as: 'norah' })).status).toBe(
      400,
    );
    expect((await ask(`Observation?patient=${eve}&_count=2&_page=bm9uc2Vuc2U`)).status).toBe(400);
  });

  it.each([
    'Observation?subject=Patient/x',
    'Observation?code:text=x',
    'Observation?_sort=date',
    'Provenance?patient=x',
    'Patient?patient=x',
    'Observation?code=',
    'Observation?code=http://loinc.org|',
    'Observation?_count=many',
    'Observation?patient=Group/x',
  ])('%s is refused, the value not repeated', async query => {
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ resourceType: 'OperationOutcome' });
  });
});

describe('a merge', () => {
  it('shows the loser inactive with its link, and the survivor’s searches include it', async () => {
    const [kept, gone] = ['kept'.padEnd(32, 'a'), 'lost'.padEnd(32, 'a')];
    await send([
      bundle({ resources: [patient(gone), observation('of-lost', gone)] }),
      merge(kept, gone, 1, 'merge-1'),
      merge(kept, gone, 2, 'merge-1'),
      bundle({ resources: [observation('of-lost-late', gone)] }),
    ]);
    const loser = await ask(`Patient/${gone}`);
    expect(loser.status).toBe(200);
    expect(loser.body).toMatchObject({
      active: false,
      link: [{ other: { reference: `Patient/${kept}` }, type: 'replaced-by' }],
    });
    expect(idsOf(await ask(`Observation?patient=${kept}`))).toEqual(['of-lost-late', 'of-lost']);
  });
});

describe('access', () => {
  it('is recorded before the answer, with what was shown', async () => {
    const before = accesses().length;
    await ask('Observation/o1');
    expect(accesses().slice(before)).toMatchObject([
      {
        actor: { sub: 'nora' },
        purpose: 'TREAT',
        action: 'read',
        outcome: 'permit',
        hits: ['Observation/o1'],
      },
    ]);
    await ask(`Observation?patient=${eve}&code=4544-3`);
    expect(accesses().at(-1)).toMatchObject({ action: 'search', hits: ['Observation/s3', 'Observation/s1'] });
  });

  it.each([
    ['without a purpose', { purpose: null }],
    ['with a purpose outside the token', { purpose: 'HOPERAT' }],
    ['by a role without the right', { as: 'ivan', purpose: 'HOPERAT' }],
  ])('%s is denied and recorded', async (_how, options) => {
    const before = accesses().length;
    for (const path of [
      'Observation/o1',
      'Observation?_id=o1',
      'Observation/o1/_history',
      'Observation/o1/_history/1',
    ])
      expect((await ask(path, options)).status).toBe(403);
    expect(
      accesses()
        .slice(before)
        .map(a => [a.outcome, a.hits]),
    ).toEqual(Array(4).fill(['deny', []]));
  });

  it('is not answered when it cannot be recorded', async () => {
    log.failAppends(1);
    expect((await ask('Observation/o1')).status).toBe(503);
  });
});

describe('two tenants with the same record id', () => {
  it('see only their own', async () => {
    await send(
      [bundle({ resources: [patient(eve, { gender: 'male' }), observation('n1', eve)] })],
      'north',
      1,
    );
    expect((await ask('Observation/n1')).status).toBe(404);
    expect((await ask('Observation/o1', { as: 'norah' })).status).toBe(404);
    expect((await ask('Observation/o1/_history', { as: 'norah' })).status).toBe(404);
    expect(idsOf(await ask(`Observation?patient=${eve}`, { as: 'norah' }))).toEqual(['n1']);
    expect((await ask(`Patient/${eve}`, { as: 'norah' })).body).toMatchObject({ gender: 'male' });
    expect((await ask(`Patient/${eve}`)).body).not.toHaveProperty('gender');
    const body = { resourceType: 'Observation', id: 'o1', status: 'final', ...loinc('1-1') };
    expect((await ask('Observation/o1', { as: 'norah', method: 'PUT', body })).status).toBe(405);
  });
});

describe('a write through the API', () => {
  const created = async (headers: Record<string, string> = {}) =>
    ask('Patient', { method: 'POST', body: { resourceType: 'Patient', gender: 'female' }, headers });

  it('creates with an id of the server, readable at once', async () => {
    const answer = await created();
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toBe('W/"1"');
    const location = answer.headers.get('location') ?? '';
    expect((await ask(location)).body).toEqual(answer.body);
    expect(answer.body).toMatchObject({ gender: 'female', meta: { versionId: '1' } });
    const event = log.records('records.events', 0).at(-1);
    expect(event?.headers).toMatchObject({ anm_patients: '1', anm_registration: '1' });
  });

  it('answers a repeated Idempotency-Key with the first decision, and refuses it for another request', async () => {
    const headers = { 'idempotency-key': 'key-1' };
    const [first, second] = await Promise.all([created(headers), created(headers)]);
    const third = await created(headers);
    expect(new Set([first, second, third].map(answer => answer.body['id'])).size).toBe(1);
    const other = await ask('Patient', {
      method: 'POST',
      body: { resourceType: 'Patient', gender: 'male' },
      headers,
    });
    expect(other.status).toBe(422);
  });

  it('updates under If-Match and keeps what did not change', async () => {
    const { body } = await created();
    const put = (version: number, more: object) =>
      ask(`Patient/${body['id']}`, {
        method: 'PUT',
        headers: { 'if-match': `W/"${version}"` },
        body: { resourceType: 'Patient', id: body['id'], ...more },
      });
    const updated = await put(1, { birthDate: '1970-01-01' });
    expect([updated.status, updated.headers.get('etag')]).toEqual([200, 'W/"2"']);
    expect((await put(1, { birthDate: '1971-01-01' })).status).toBe(412);
    const same = await put(2, { birthDate: '1970-01-01' });
    expect([same.status, same.headers.get('etag')]).toEqual([200, 'W/"2"']);
  });

  it('lets one of eight racing updates win', async () => {
    const { body } = await created();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        ask(`Patient/${body['id']}`, {
          method: 'PUT',
          headers: { 'if-match': 'W/"1"' },
          body: { resourceType: 'Patient', id: body['id'], birthDate: `190${n}-01-01` },
        }),
      ),
    );
    expect(answers.map(a => a.status).sort()).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
  });

  it('files an Observation under its Patient, sealed under that record', async () => {
    const { body } = await created();
    const subject = { reference: `Patient/${body['id']}` };
    const answer = await ask('Observation', {
      method: 'POST',
      body: { resourceType: 'Observation', status: 'final', ...loinc('718-7'), subject },
    });
    expect(answer.status).toBe(201);
    expect(idsOf(await ask(`Observation?patient=${body['id']}`))).toEqual([answer.body['id']]);
    expect(log.records('records.log', 0).at(-1)?.headers['ce_keyid']).toBe(`${body['id']}.1`);
  });

  const good = { resourceType: 'Observation', status: 'final', ...loinc('1-1') };
  it.each([
    ['an unknown element', 'POST', 'Observation', { ...good, colour: 'red' }, 400],
    ['another type than the address', 'POST', 'Patient', good, 400],
    [
      'a Patient who is not here',
      'POST',
      'Observation',
      { ...good, subject: { reference: `Patient/${'x'.repeat(32)}` } },
      422,
    ],
    ['an unknown id', 'PUT', 'Observation/nothing', { ...good, id: 'nothing' }, 405],
    ['an id that is not the address', 'PUT', 'Observation/o1', { ...good, id: 'o2' }, 400],
    [
      'a resource that a feed keeps',
      'PUT',
      'Observation/o1',
      { ...good, id: 'o1', subject: { reference: `Patient/${eve}` } },
      422,
    ],
    ['a type that is not served', 'POST', 'Claim', { resourceType: 'Claim' }, 404],
    ['a type that is only read', 'POST', 'Provenance', { resourceType: 'Provenance' }, 405],
  ])('is refused for %s', async (_what, method, path, body, status) => {
    const answer = await ask(path, { method, body });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('takes JSON and nothing else', async () => {
    const answer = await ask('Patient', {
      method: 'POST',
      body: {},
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(415);
  });
});

describe('the CapabilityStatement', () => {
  it('says exactly what the routes do', async () => {
    const statement = (await ask('metadata')).body as unknown as {
      rest: {
        resource: { type: string; interaction: { code: string }[]; searchParam: { name: string }[] }[];
      }[];
    };
    const resources = statement.rest[0]?.resource ?? [];
    expect(resources.map(r => r.type).sort()).toEqual(Object.keys(fhirTypes).sort());
    const all = [
      '_id',
      'identifier',
      'patient',
      'code',
      'subject',
      'status',
      'date',
      '_lastUpdated',
      '_sort',
    ];
    for (const { type, interaction, searchParam } of resources) {
      const body = { resourceType: type, id: 'none' };
      const probes: Record<(typeof interactions)[number], () => Promise<Answer>> = {
        read: () => ask(`${type}/none`),
        vread: () => ask(`${type}/none/_history/1`),
        'history-instance': () => ask(`${type}/none/_history`),
        'search-type': () => ask(`${type}?_id=none`),
        create: () => ask(type, { method: 'POST', body: { resourceType: 'None' } }),
        update: () => ask(`${type}/none`, { method: 'PUT', body: { ...body, resourceType: 'None' } }),
      };
      const claimed = interaction.map(i => i.code);
      for (const name of interactions) {
        const { status } = await probes[name]();
        expect([type, name, status !== 405]).toEqual([type, name, claimed.includes(name)]);
      }
      for (const name of all) {
        const { status } = await ask(`${type}?${name}=x`);
        expect([type, name, status === 200]).toEqual([type, name, searchParam.some(p => p.name === name)]);
      }
      for (const method of ['DELETE', 'PATCH'])
        expect((await ask(`${type}/none`, { method, ...(method === 'PATCH' ? { body } : {}) })).status).toBe(
          404,
        );
    }
    expect((await ask('Claim/none')).status).toBe(404);
  });
});

describe('links of identity', () => {
  it('are kept in whole epochs', async () => {
    const links = (last: boolean, srid: string, laneSeq: number) =>
      encodeEvent(
        {
          id: `link-${laneSeq}`,
          source: 'identity',
          type: 'identity.decided.v1',
          time: '2026-01-01T00:00:00Z',
          partitionKey: '0',
          tenant: 'demo',
          correlationId: 'links',
          laneSeq,
        },
        {
          intentId: `i${laneSeq}`,
          intentType: 'identity.patient-observed.v1',
          seq: laneSeq,
          outcome: 'accepted',
          decider: { name: 'identity', version: 1 },
          decidedAt: '2026-01-01T00:00:00Z',
          facts: [
            {
              ...{ fact: 'link-asserted', srid, person: 'person-1', epoch: 1, affected: [eve, adam], last },
              ...{ basis: 'strong-identifier', evidence: [] },
            },
          ],
          reads: [],
        },
        { topic: 'identity.events', partition: 0, key: '0', random: countingBytes },
      );
    const known = async (): Promise<string[]> =>
      (await pool.query('SELECT srid FROM person_link WHERE tenant = $1 ORDER BY srid', ['demo'])).rows.map(
        row => row.srid,
      );
    await log.writer.append([links(false, eve, 1)]);
    await send([bundle({ resources: [patient('later'.padEnd(32, 'a'))] })]);
    expect(await known()).toEqual([]);
    await log.writer.append([links(true, adam, 2)]);
    for (let n = 0; n < 400 && (await known()).length < 2; n += 1) await new Promise(r => setTimeout(r, 5));
    expect(await known()).toEqual([adam, eve]);
  });
});

describe('redelivery of everything', () => {
  it('changes nothing: no decision, no version, no exception twice', async () => {
    const count = () =>
      ['records.log', 'records.events', 'operations.exceptions.records'].map(t => log.records(t).length);
    const before = count();
    log.redeliverFrom(0);
    await send([bundle({ resources: [patient('last'.padEnd(32, 'a'))] })]);
    const [intents = 0, events = 0, exceptions] = before;
    expect(count()).toEqual([intents + 1, events + 1, exceptions]);
  });
});

describe('log lines', () => {
  it('hold no name of a patient and no identifier', () => {
    const text = lines.join('\n');
    expect(text).not.toMatch(/mrn-|F\|1|1962-03-20/);
  });
});
