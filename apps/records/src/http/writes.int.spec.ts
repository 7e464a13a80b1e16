import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idsOf, loinc, runRecords, startMs, type RunningRecords } from '../testing/runningRecords.js';
import { bundle, eve, observation, patient } from '../testing/scenario.js';

let records: RunningRecords;
const ask: RunningRecords['ask'] = (path, asking) => records.ask(path, asking);
const send: RunningRecords['send'] = (...sent) => records.send(...sent);

beforeAll(async () => {
  records = await runRecords();
  await send([bundle({ resources: [patient(eve), observation('o1', eve)] })]);
}, startMs);
afterAll(() => records.stop(), startMs);

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
    const event = records.log.records('records.events', 0).at(-1);
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
    expect(records.log.records('records.log', 0).at(-1)?.headers['ce_keyid']).toBe(`${body['id']}.1`);
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
