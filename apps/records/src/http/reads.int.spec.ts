import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  idsOf,
  loinc,
  nextOf,
  runRecords,
  startMs,
  type Answer,
  type RunningRecords,
} from '../testing/runningRecords.js';
import { adam, bundle, eve, observation, patient } from '../testing/scenario.js';
import { fhirTypes, interactions } from './fhirTypes.js';

let records: RunningRecords;
const ask: RunningRecords['ask'] = (path, asking) => records.ask(path, asking);
const send: RunningRecords['send'] = (...sent) => records.send(...sent);

beforeAll(async () => {
  records = await runRecords();
  await send([bundle({ resources: [patient(eve), observation('o1', eve)] })]);
}, startMs);
afterAll(() => records.stop(), startMs);

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
    let next = nextOf(first);
    while (next) {
      const page = await ask(next);
      seen.push(...idsOf(page));
      next = nextOf(page);
    }
    expect(seen).toEqual(['s2', 's1', 's0', 'o1']);
  });

  it('takes a page token only for its own search and tenant', async () => {
    const first = await ask(`Observation?patient=${eve}&_count=2`);
    const token = new URL(nextOf(first) ?? '').searchParams.get('_page');
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

describe('access', () => {
  it('is recorded before the answer, with what was shown', async () => {
    const before = records.accesses().length;
    await ask('Observation/o1');
    expect(records.accesses().slice(before)).toMatchObject([
      {
        actor: { sub: 'nora' },
        purpose: 'TREAT',
        action: 'read',
        outcome: 'permit',
        hits: ['Observation/o1'],
      },
    ]);
    await ask(`Observation?patient=${eve}&code=4544-3`);
    expect(records.accesses().at(-1)).toMatchObject({
      action: 'search',
      hits: ['Observation/s3', 'Observation/s1'],
    });
  });

  it.each([
    ['without a purpose', { purpose: null }],
    ['with a purpose outside the token', { purpose: 'HOPERAT' }],
    ['by a role without the right', { as: 'ivan', purpose: 'HOPERAT' }],
  ])('%s is denied and recorded', async (_how, options) => {
    const before = records.accesses().length;
    for (const path of [
      'Observation/o1',
      'Observation?_id=o1',
      'Observation/o1/_history',
      'Observation/o1/_history/1',
    ])
      expect((await ask(path, options)).status).toBe(403);
    expect(
      records
        .accesses()
        .slice(before)
        .map(a => [a.outcome, a.hits]),
    ).toEqual(Array(4).fill(['deny', []]));
  });

  it('is not answered when it cannot be recorded', async () => {
    records.log.failAppends(1);
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
