import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { fromHeaders, isAttributes } from '@anamnesis/contracts';
import {
  createMemoryLog,
  type IncomingRecord,
  type MemoryLog,
  type OutgoingRecord,
} from '@anamnesis/event-log';
import {
  createLanes,
  createPool,
  decodeBatch,
  loadCursor,
  migrate,
  processingMigrations,
  type Lanes,
  type Processor,
} from '@anamnesis/processing';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import { hashTables } from './rebuild/contentHash.js';
import { rebuildRecords, recordsMigrations } from './rebuild/rebuildRecords.js';
import { createRecordsDecider } from './recordsDecider.js';
import { adam, bundle, eve, merge, observation, patient, type Intent } from './testing/scenario.js';
import {
  brokenHeaders,
  bundleRecord,
  countingBytes,
  memoryKeyring,
  memoryKeyStore,
  testIdKey,
} from './testing/records.js';

/** A database server may have to start first, on a busy machine. */
const startMs = 60_000;
let database: TestDatabase;
let pool: pg.Pool;
let log: MemoryLog;
let lanes: Lanes;
let processor: Processor;
let offset: number;
const store = memoryKeyStore();
const keyring = memoryKeyring(store);

const newDecider = (on: Lanes = lanes): Processor =>
  createRecordsDecider({ pool, keyring, lanes: on, random: countingBytes, idKey: () => testIdKey });
const newLanes = (): Lanes =>
  createLanes({ pool, writer: log.writer, clock: () => 0, onTrouble: () => undefined });

beforeAll(async () => {
  database = await testPostgres();
  await migrate(database.url, [processingMigrations, recordsMigrations]);
  pool = createPool(database.url, { applicationName: 'test', max: 4 });
}, startMs);
afterAll(async () => {
  await pool.end();
  await database.close();
}, startMs);
const reset = async (): Promise<void> => {
  await pool.query(
    'TRUNCATE cursor, lane, outbox, decision, res_current, res_version, merged, pending_part, person_link, person_link_staged',
  );
  log = createMemoryLog();
  lanes = newLanes();
  processor = newDecider();
  offset = 0;
};
beforeEach(reset);

async function recordsOf(intents: readonly Intent[]): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = [];
  for (const intent of intents) {
    if (!intent.bundle) throw new Error('bundles only');
    const record = await bundleRecord(
      keyring,
      { payload: intent.bundle, id: intent.id, correlationId: intent.correlationId },
      { topic: 'records.log', partition: 0, type: 'records.bundle-submitted.v1', offset },
    );
    records.push({ ...record, offset, appendTime: Date.UTC(2026, 0, 1) + offset });
    offset += 1;
  }
  return records;
}

const batchOf = (records: readonly IncomingRecord[]) => ({
  topic: 'records.log',
  partition: 0,
  records,
  logEnd: 1e9,
  signal: new AbortController().signal,
});
const cursorNow = () => loadCursor(pool, 'records', 'records.log', 0, 'e1');

async function take(records: readonly IncomingRecord[], by: Processor = processor): Promise<void> {
  await by.take(batchOf(records), await cursorNow());
}

async function decided(): Promise<{ facts: Record<string, string>; payload: Record<string, unknown> }[]> {
  await lanes.idle();
  const events = await decodeBatch(log.records('records.events'), keyring);
  return events.map(event => {
    if (!event.readable) throw new Error(event.code);
    return { facts: { ...event.event.attributes.facts }, payload: { ...event.event.payload } };
  });
}

describe('a batch of bundles', () => {
  it('is decided, stored and published once, sealed under the key of its record', async () => {
    await take(await recordsOf([bundle({ resources: [patient(eve), observation('o1', eve)] }, 'm1')]));
    const events = await decided();
    expect(events).toHaveLength(1);
    expect(events[0]?.payload).toMatchObject({ seq: 1, outcome: 'accepted' });
    expect(events[0]?.facts).toMatchObject({ outcome: 'accepted', patients: '1', interface: 'adt-main' });
    const record = log.records('records.events')[0];
    expect(record?.headers).toMatchObject({ ce_keyid: `${eve}.1`, ce_laneseq: '1', ce_plan: 'plan-1' });
    expect(record?.value?.includes('Observation')).toBe(false);
    const { rows } = await pool.query('SELECT type, id, version, born FROM res_current ORDER BY type');
    expect(rows.map(row => row.type)).toEqual(['Observation', 'Patient', 'Provenance']);
  });

  it('says registration when a registration message made a Patient', async () => {
    await take(await recordsOf([bundle({ messageType: 'ADT^A04', resources: [patient(eve)] })]));
    expect((await decided())[0]?.facts).toMatchObject({ registration: '1' });
  });

  it('falls when it is delivered again, as a whole or in part', async () => {
    const records = await recordsOf([
      bundle({ resources: [patient(eve)] }),
      bundle({ resources: [observation('o1', eve)] }),
    ]);
    await take(records);
    const before = await hashesNow();
    await take(records.map(record => ({ ...record, offset: record.offset + 10 })));
    expect(await hashesNow()).toEqual(before);
    expect(await decided()).toHaveLength(2);
  });

  it('sees what earlier intents of the same batch did', async () => {
    await take(
      await recordsOf([
        bundle({ resources: [observation('o1', eve, { status: 'preliminary' }, { statusRank: 1 })] }),
        bundle({ resources: [observation('o1', eve, { status: 'final' }, { statusRank: 2 })] }),
        bundle({ resources: [observation('o1', eve, { status: 'preliminary' }, { statusRank: 1 })] }),
      ]),
    );
    expect((await decided()).map(event => event.facts['outcome'])).toEqual([
      'accepted',
      'accepted',
      'unchanged',
    ]);
    const { rows } = await pool.query("SELECT version, born, seq FROM res_current WHERE id = 'o1'");
    expect(rows).toEqual([{ version: 2, born: 1, seq: 2 }]);
  });

  it('raises one exception per message for a wrong patient, owned by the registrar', async () => {
    await take(
      await recordsOf([
        bundle({ resources: [patient(eve, { birthDate: '1962-03-20' })] }),
        bundle({ resources: [patient(eve, { birthDate: '1970-01-01' }, { authority: 'reference' })] }, 'm2'),
        bundle({ resources: [patient(eve, { birthDate: '1971-01-01' }, { authority: 'reference' })] }, 'm3'),
      ]),
    );
    await lanes.idle();
    const raised = log.records('operations.exceptions.records').map(r => JSON.parse(String(r.value)));
    expect(raised.map(r => [r.code, r.ownerRole, r.single, r.item.id])).toEqual([
      ['wrong-patient', 'registrar', true, 'm2'],
      ['wrong-patient', 'registrar', true, 'm3'],
    ]);
    expect(new Set(raised.map(r => r.group)).size).toBe(2);
    expect(JSON.stringify(raised)).not.toContain('1970');
  });

  it('decides rejected, in its place, what cannot be opened or was erased', async () => {
    const [good, erased] = await recordsOf([
      bundle({ resources: [patient(adam)] }),
      bundle({ resources: [patient('gone'.padEnd(32, 'a'))] }),
    ]);
    const broken = { ...(good as IncomingRecord), value: Buffer.from('nothing of ours') };
    store.destroy('gone'.padEnd(32, 'a'));
    const other = memoryKeyring(store);
    const strict = createRecordsDecider({
      pool,
      keyring: other,
      lanes,
      random: countingBytes,
      idKey: () => testIdKey,
    });
    await take([broken, erased as IncomingRecord], strict);
    expect((await decided()).map(event => event.facts['code'])).toEqual(['undecodable', 'erased']);
    const exceptions = log
      .records('operations.exceptions.records')
      .map(r => JSON.parse(String(r.value)).code);
    expect(exceptions).toEqual(['undecodable']);
  });

  it('passes over a record without readable headers, and tells', async () => {
    const told: string[] = [];
    const telling = createRecordsDecider({
      ...{ pool, keyring, lanes, random: countingBytes, idKey: () => testIdKey },
      onUnreadable: code => void told.push(code),
    });
    const [record] = await recordsOf([bundle({ resources: [patient(eve)] })]);
    await take([{ ...(record as IncomingRecord), headers: brokenHeaders() }], telling);
    expect(told).toEqual(['undecodable']);
    expect((await cursorNow()).next).toBe(1);
  });
});

describe('the fence', () => {
  it("rolls back a zombie, whose cursor is not the shard's any more", async () => {
    const [first, second] = (await recordsOf([
      bundle({ resources: [observation('o1', eve)] }),
      bundle({ resources: [observation('o1', eve)] }),
    ])) as [IncomingRecord, IncomingRecord];
    const zombie = newDecider(newLanes());
    await take([first], zombie);
    const stale = await cursorNow();
    await take([second]);
    await expect(zombie.take(batchOf([second]), stale)).rejects.toMatchObject({ code: 'ANM_CURSOR_FENCED' });
    expect(await decided()).toHaveLength(2);
  });

  it('lets a rolled back zombie decide on the truth afterwards; the key of versions is the second net', async () => {
    const [first, second, third] = (await recordsOf([
      bundle({ resources: [observation('o1', eve, { valueString: 'a' })] }),
      bundle({ resources: [observation('o1', eve, { valueString: 'b' })] }),
      bundle({ resources: [observation('o1', eve, { valueString: 'c' })] }),
    ])) as [IncomingRecord, IncomingRecord, IncomingRecord];
    const zombie = newDecider(newLanes());
    await take([first], zombie);
    const stale = await cursorNow();
    await take([second]);
    await expect(zombie.take(batchOf([second]), stale)).rejects.toMatchObject({
      constraint: 'res_version_pkey',
    });
    await take([third], zombie);
    expect(await versionsOf('o1')).toEqual([1, 2, 3]);
  });

  it('forgets what it knew of a shard that it lost', async () => {
    const [first, second, third] = (await recordsOf([
      bundle({ resources: [observation('o1', eve, { valueString: 'a' })] }),
      bundle({ resources: [observation('o1', eve, { valueString: 'b' })] }),
      bundle({ resources: [observation('o1', eve, { valueString: 'c' })] }),
    ])) as [IncomingRecord, IncomingRecord, IncomingRecord];
    await take([first]);
    processor.disown?.(0);
    await take([second], newDecider(newLanes()));
    await take([third]);
    expect(await versionsOf('o1')).toEqual([1, 2, 3]);
  });
});

describe('lanes', () => {
  it('publish after a restart what a crash left behind, in order and once', async () => {
    log.failAppends(1_000);
    await take(
      await recordsOf([bundle({ resources: [patient(eve)] }), bundle({ resources: [patient(adam)] })]),
    );
    lanes.stop();
    log.failAppends(0);
    const successor = newLanes();
    await successor.drain(0);
    await successor.idle();
    expect(log.records('records.events').map(r => r.headers['ce_laneseq'])).toEqual(['1', '2']);
  });
});

const versionsOf = async (id: string): Promise<number[]> =>
  (await pool.query('SELECT version FROM res_version WHERE id = $1 ORDER BY version', [id])).rows.map(
    r => r.version,
  );

async function hashesNow(): Promise<unknown> {
  const client = await pool.connect();
  try {
    return await hashTables(client);
  } finally {
    client.release();
  }
}

function story(): Intent[] {
  const at = (hour: number) => ({ effectiveTime: `2026-01-01T0${hour}:00:00Z` });
  return [
    bundle({ resources: [patient(eve, { birthDate: '1962-03-20' }, at(3))] }, 'c1'),
    bundle(
      { resources: [observation('o1', eve, { status: 'preliminary' }, { ...at(4), statusRank: 1 })] },
      'c2',
    ),
    merge(eve, adam, 1, 'c3'),
    bundle({ resources: [patient(eve, { birthDate: '1962-03-20' }, at(5))] }, 'c4'),
    bundle({ resources: [patient(eve, { birthDate: '1999-01-01' }, at(4))] }, 'c5'),
    merge(eve, adam, 2, 'c3'),
    bundle({ resources: [observation('o1', eve, { status: 'final' }, { ...at(6), statusRank: 2 })] }, 'c6'),
    merge(adam, eve, 1, 'c7'),
    bundle({ resources: [observation('o2', adam)] }, 'c8'),
    bundle(
      { resources: [observation('o1', eve, { status: 'corrected' }, { ...at(7), statusRank: 3 })] },
      'c9',
    ),
    merge(adam, eve, 2, 'c7'),
    merge(eve, 'zoe'.padEnd(32, 'a'), 2, 'c10'),
  ];
}

describe('any way of delivering', () => {
  it('gives the same tables, and folding the events gives them again', async () => {
    const intents = story();
    await take(await recordsOf(intents));
    const whole = await hashesNow();

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 6 }),
        async (sizes, again) => {
          await reset();
          const records = await recordsOf(intents);
          for (let from = 0, at = 0; from < records.length; at += 1) {
            const size = sizes[at % sizes.length] ?? 1;
            // Some redelivered records in front; the runtime would have cut them by offset, marks must too.
            const early = records.slice(Math.max(0, from - again), from);
            await take([...early, ...records.slice(from, from + size)]);
            if (size === 3) processor = newDecider();
            from += size;
          }
          expect(await hashesNow()).toEqual(whole);
        },
      ),
      { numRuns: 12 },
    );

    await lanes.idle();
    const report = await rebuildRecords({
      databaseUrl: database.url,
      inspector: log.inspector,
      keyring,
      schema: 'rebuild_test',
      clock: () => 0,
      sleep: async () => undefined,
    });
    expect(report).toMatchObject({ equal: true, decisions: intents.length });
    const { rows } = await pool.query("SELECT FROM pg_namespace WHERE nspname = 'rebuild_test'");
    expect(rows).toHaveLength(0);
  }, 60_000);

  it('is told apart by the rebuild when a row was changed behind its back', async () => {
    await take(await recordsOf(story()));
    await lanes.idle();
    await pool.query("UPDATE res_version SET body = replace(body, 'preliminary', 'final') WHERE id = 'o1'");
    const report = await rebuildRecords({
      databaseUrl: database.url,
      inspector: log.inspector,
      keyring,
      schema: 'rebuild_test',
      clock: () => 0,
      sleep: async () => undefined,
    });
    expect(report.equal).toBe(false);
    expect(report.tables['res_current']?.live.hash).toBe(report.tables['res_current']?.rebuilt.hash);
  });

  it('refuses to call a log whole that lacks decisions', async () => {
    await take(await recordsOf(story()));
    await lanes.idle();
    const rest: OutgoingRecord[] = log.records('records.events').slice(0, -1);
    log = createMemoryLog();
    await log.writer.append(rest);
    await expect(
      rebuildRecords({
        databaseUrl: database.url,
        inspector: log.inspector,
        keyring,
        schema: 'rebuild_test',
        clock: () => 0,
        sleep: async () => undefined,
      }),
    ).rejects.toMatchObject({ code: 'ANM_DECISIONS_MISSING' });
  });
});

describe('decision events', () => {
  it('carry cause and correlation, and the id that follows from the intent', async () => {
    const intents = [bundle({ resources: [patient(eve)] }, 'message')];
    await take(await recordsOf(intents));
    await lanes.idle();
    const attributes = fromHeaders(log.records('records.events')[0]?.headers ?? {});
    if (!isAttributes(attributes)) throw new Error('no attributes');
    expect(attributes).toMatchObject({
      causationId: intents[0]?.id,
      correlationId: 'message',
      tenant: 'demo',
    });
    expect(attributes.causePosition).toBeUndefined();
  });
});
