import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeEvent } from '@anamnesis/processing';
import { countingBytes } from './testing/records.js';
import {
  eventually,
  idsOf,
  nextOf,
  runRecords,
  startMs,
  type RunningRecords,
} from './testing/runningRecords.js';
import { adam, bundle, eve, merge, observation, patient } from './testing/scenario.js';

let records: RunningRecords;
const ask: RunningRecords['ask'] = (path, asking) => records.ask(path, asking);
const send: RunningRecords['send'] = (...sent) => records.send(...sent);

beforeAll(async () => {
  records = await runRecords();
}, startMs);
afterAll(() => records.stop(), startMs);

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
    const next = nextOf(paged) ?? '';
    expect((await ask(next)).body).toMatchObject({ entry: [{ resource: { meta: { versionId: '1' } } }] });
  });

  it('whose key was destroyed falls in the feeder, and is counted', async () => {
    const gone = 'erased'.padEnd(32, 'a');
    const intent = bundle({ resources: [patient(gone)] });
    // The sender still has the key in its cache when it is destroyed.
    await records.keyring.forSealing([{ tenant: 'demo', owner: gone }]);
    await records.context.keysPool.query(
      "UPDATE data_key SET wrapped = NULL, state = 'destroyed' WHERE owner = $1",
      [gone],
    );
    await records.append(intent);
    await send([bundle({ resources: [patient(adam)] })]);
    expect((await ask(`Patient/${gone}`)).status).toBe(404);
    expect(await records.context.metrics.exposition()).toMatch(
      /pipeline_stage_total\{[^}]*outcome="erased"[^}]*\} 1/,
    );
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
      (
        await records.context.pool.query('SELECT srid FROM person_link WHERE tenant = $1 ORDER BY srid', [
          'demo',
        ])
      ).rows.map(row => row.srid);
    await records.log.writer.append([links(false, eve, 1)]);
    await send([bundle({ resources: [patient('later'.padEnd(32, 'a'))] })]);
    expect(await known()).toEqual([]);
    await records.log.writer.append([links(true, adam, 2)]);
    await eventually(async () => (await known()).length === 2);
    expect(await known()).toEqual([adam, eve]);
  });
});

describe('redelivery of everything', () => {
  it('changes nothing: no decision, no version, no exception twice', async () => {
    const count = () =>
      ['records.log', 'records.events', 'operations.exceptions.records'].map(
        t => records.log.records(t).length,
      );
    const before = count();
    records.log.redeliverFrom(0);
    await send([bundle({ resources: [patient('last'.padEnd(32, 'a'))] })]);
    const [intents = 0, events = 0, exceptions] = before;
    expect(count()).toEqual([intents + 1, events + 1, exceptions]);
  });
});

describe('log lines', () => {
  it('hold no name of a patient and no identifier', () => {
    const text = records.lines.join('\n');
    expect(text).not.toMatch(/mrn-|F\|1|1962-03-20/);
  });
});
