import { randomBytes } from 'node:crypto';
import { derivedId, hasCode } from '@anamnesis/contracts';
import { createMemoryLog, type MemoryLog, type OutgoingRecord } from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import type pg from 'pg';
import {
  createDecider,
  createLanes,
  createPool,
  createProgress,
  createProjection,
  createStep,
  encodeEvent,
  migrate,
  processingMigrations,
  startProcessing,
  type DecodedEvent,
  type Lanes,
  type ParkedMessage,
  type Processing,
  type Processor,
  type Trouble,
} from './index.js';

const idKey = Buffer.alloc(32, 1);
/** Nothing in these stories is sealed: the codec's own tests do that. */
const keyring: Keyring = {
  forSealing: async () => new Map(),
  forOpening: async () => new Map(),
  shared: () => ({ id: 'shared.1', key: Buffer.alloc(32) }),
};

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await testPostgres();
  await migrate(database.url, [processingMigrations]);
  pool = createPool(database.url, { applicationName: 'test' });
  await pool.query('CREATE TABLE counted (id text PRIMARY KEY, times int NOT NULL)');
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database.close();
});

beforeEach(async () => {
  await pool.query('TRUNCATE cursor, lane, outbox, decision, parked, counted');
});

const command = (n: number): OutgoingRecord =>
  encodeEvent(
    {
      id: derivedId(idKey, 'event', ['command', String(n)]),
      source: 'workflow',
      type: 'timer.fired.v1',
      time: '2026-01-01T00:00:00Z',
      partitionKey: '0',
      tenant: 'demo',
      correlationId: `c${n}`,
      causePosition: { topic: 'workflow.events', epoch: 'e1', partition: 0, offset: n, index: 0 },
    },
    { caseId: `case-${n}`, timer: 'due', dueAt: '2026-01-01T00:00:00Z', timerSeq: 1 },
    { topic: 'workflow.log', partition: 0, key: '0', random: randomBytes },
  );

const idOf = (event: DecodedEvent): string => (event.readable ? event.event.attributes.id : '');

async function count(sql: pg.PoolClient, ids: readonly string[]): Promise<void> {
  await sql.query(
    `INSERT INTO counted AS c SELECT id, 1 FROM unnest($1::text[]) AS id ON CONFLICT (id) DO UPDATE SET times = c.times + 1`,
    [ids],
  );
}

/** Decides every command once and announces it. */
function decider(lanes: Lanes): Processor {
  return createDecider({
    name: 'workflow',
    logTopic: 'workflow.log',
    pool,
    keyring,
    lanes,
    decide: async (sql, events, { clock }) => {
      await count(sql, events.map(idOf));
      const outputs = events.flatMap((event, at) =>
        event.readable
          ? [
              encodeEvent(
                {
                  id: derivedId(idKey, 'event', [event.event.attributes.id, 'workflow.decided']),
                  source: 'workflow',
                  type: 'workflow.decided.v1',
                  time: '2026-01-01T00:00:00Z',
                  partitionKey: '0',
                  tenant: 'demo',
                  correlationId: event.event.attributes.correlationId,
                },
                {
                  intentId: event.event.attributes.id,
                  intentType: 'timer.fired.v1',
                  seq: clock.seq + at + 1,
                  outcome: 'accepted',
                  decider: { name: 'workflow', version: 1 },
                  decidedAt: '2026-01-01T00:00:00Z',
                  facts: [],
                  reads: [],
                },
                { topic: 'workflow.events', partition: 0, key: '0', random: randomBytes },
              ),
            ]
          : [],
      );
      return { outputs, clock: { seq: clock.seq + events.length, time: 0 }, decisions: [] };
    },
  });
}

const lanesOn = (log: MemoryLog): Lanes =>
  createLanes({ pool, writer: log.writer, clock: Date.now, onTrouble: () => undefined });

async function run(
  log: MemoryLog,
  processors: readonly Processor[],
  troubles: Trouble[] = [],
): Promise<Processing> {
  return startProcessing({
    group: 'workflow',
    reader: log.reader,
    pool,
    processors,
    progress: createProgress(),
    clock: Date.now,
    epochOf: () => 'e1',
    onTrouble: trouble => troubles.push(trouble),
  });
}

async function settle(log: MemoryLog, size?: number): Promise<void> {
  while (await log.deliver(size)) {
    /* until nothing moves */
  }
}

const laneNumbers = (log: MemoryLog): number[] =>
  log.records('workflow.events').map(record => Number(record.headers['ce_laneseq']));
const timesCounted = async (): Promise<number[]> =>
  (await pool.query<{ times: number }>('SELECT times FROM counted')).rows.map(row => row.times);

describe('a decider', () => {
  it('decides each intent once however often the log is delivered again', async () => {
    const log = createMemoryLog();
    const lanes = lanesOn(log);
    await log.writer.append([1, 2, 3, 4, 5].map(command));
    await run(log, [decider(lanes)]);
    await settle(log, 2);
    log.redeliverFrom(0);
    await settle(log, 3);
    await lanes.idle();
    expect(await timesCounted()).toEqual([1, 1, 1, 1, 1]);
    expect(laneNumbers(log)).toEqual([1, 2, 3, 4, 5]);
  });

  it('drops an intent that its feeder appended again after a crash, by position', async () => {
    const log = createMemoryLog();
    const lanes = lanesOn(log);
    await log.writer.append([1, 2, 3].map(command));
    await log.writer.append([2, 3, 4].map(command));
    await run(log, [decider(lanes)]);
    await settle(log);
    await lanes.idle();
    expect(await timesCounted()).toEqual([1, 1, 1, 1]);
    expect(laneNumbers(log)).toEqual([1, 2, 3, 4]);
  });

  it('rolls back and steps aside when another owner moved the cursor first', async () => {
    const log = createMemoryLog();
    const lanes = lanesOn(log);
    const troubles: Trouble[] = [];
    await log.writer.append([1, 2].map(command));
    await run(log, [decider(lanes)], troubles);
    await settle(log);
    await pool.query('UPDATE cursor SET next = next + 1');
    await log.writer.append([command(3)]);
    await log.deliver();
    expect(troubles.map(t => t.error.code)).toEqual(['ANM_CURSOR_FENCED']);
    expect(await timesCounted()).toEqual([1, 1]);
  });

  it('leaves nothing unsaid when it died between commit and send: the next owner drains the lane first', async () => {
    const log = createMemoryLog();
    const dead = createLanes({
      pool,
      writer: { append: () => new Promise(() => undefined), close: async () => undefined },
      clock: Date.now,
      onTrouble: () => undefined,
    });
    await log.writer.append([1, 2, 3].map(command));
    const first = await run(log, [decider(dead)]);
    await settle(log);
    await first.stop();
    expect(laneNumbers(log)).toEqual([]);

    const heir = lanesOn(log);
    await log.writer.append([command(4)]);
    await run(log, [decider(heir)]);
    await settle(log);
    await heir.idle();
    expect(laneNumbers(log)).toEqual([1, 2, 3, 4]);
  });

  it('keeps the lane in order when the log refuses for a while', async () => {
    const log = createMemoryLog();
    const lanes = lanesOn(log);
    await run(log, [decider(lanes)]);
    await log.writer.append([1, 2].map(command));
    log.failAppends(1);
    await settle(log);
    await log.writer.append([command(3)]).catch(() => log.writer.append([command(3)]));
    await settle(log);
    await lanes.idle();
    expect(laneNumbers(log)).toEqual([1, 2, 3]);
  });

  it('stops with a coded error when the log ends before the cursor', async () => {
    const log = createMemoryLog();
    const lanes = lanesOn(log);
    await log.writer.append([1, 2, 3].map(command));
    await (await run(log, [decider(lanes)])).stop();
    await pool.query(
      `INSERT INTO cursor (processor, topic, partition, next, epoch) VALUES ('workflow', 'workflow.log', 0, 900, 'e1')`,
    );
    const troubles: Trouble[] = [];
    const processing = await run(log, [decider(lanes)], troubles);
    await log.deliver();
    expect(troubles[0]?.error.code).toBe('ANM_LOG_OLDER_THAN_STORE');
    expect(processing.stoppedPartitions()).toHaveLength(1);
  });

  it('stops when the topic was re-created, whose offsets mean something else', async () => {
    const log = createMemoryLog();
    await log.writer.append([command(1)]);
    await pool.query(
      `INSERT INTO cursor (processor, topic, partition, next, epoch) VALUES ('workflow', 'workflow.log', 0, 0, 'before')`,
    );
    const troubles: Trouble[] = [];
    await run(log, [decider(lanesOn(log))], troubles);
    await log.deliver();
    expect(hasCode(troubles[0]?.error, 'ANM_TOPIC_RECREATED')).toBe(true);
  });
});

describe('lanes', () => {
  it('write acknowledgements down and empty old buckets', async () => {
    let now = 0;
    const log = createMemoryLog();
    const lanes = createLanes({ pool, writer: log.writer, clock: () => now, onTrouble: () => undefined });
    await log.writer.append([1, 2].map(command));
    await run(log, [decider(lanes)]);
    await settle(log);
    await lanes.idle();
    expect((await pool.query('SELECT FROM outbox')).rowCount).toBe(2);
    for (let bucket = 0; bucket < 4; bucket += 1) {
      now += 600_000;
      await lanes.tidy();
    }
    expect((await pool.query('SELECT FROM outbox')).rowCount).toBe(0);
    expect((await pool.query('SELECT acknowledged FROM lane')).rows).toEqual([{ acknowledged: 2 }]);
  });
});

describe('a step', () => {
  const forwarding = (log: MemoryLog): Processor =>
    createStep({
      name: 'forward',
      topics: ['workflow.log'],
      pool,
      writer: log.writer,
      keyring,
      handle: async events => {
        const outputs: OutgoingRecord[] = [];
        const parked: ParkedMessage[] = [];
        for (const one of events)
          if (one.readable) outputs.push({ ...one.event.record, topic: 'audit.log' });
          else parked.push({ record: one.record, code: one.code });
        return { outputs, parked };
      },
    });

  it('parks what it cannot read, as it was, and goes on with the rest', async () => {
    const log = createMemoryLog();
    const garbage: OutgoingRecord = {
      topic: 'workflow.log',
      partition: 0,
      key: null,
      headers: { ce_id: 'x' },
      value: Buffer.from([0, 255]),
    };
    await log.writer.append([command(1), garbage, command(2)]);
    const troubles: Trouble[] = [];
    await run(log, [forwarding(log)], troubles);
    await settle(log);
    expect(troubles).toEqual([]);
    expect(log.records('audit.log')).toHaveLength(2);
    const { rows } = await pool.query<{ value: Buffer; code: string }>('SELECT value, code FROM parked');
    expect(rows).toEqual([{ value: Buffer.from([0, 255]), code: 'undecodable' }]);
  });

  it('does not move its cursor before its output is in the log', async () => {
    const log = createMemoryLog();
    await log.writer.append([command(1)]);
    const troubles: Trouble[] = [];
    await run(log, [forwarding(log)], troubles);
    log.failAppends(1);
    await log.deliver();
    expect(troubles).toHaveLength(1);
    expect((await pool.query('SELECT next FROM cursor')).rows).toEqual([{ next: 0 }]);
    await settle(log);
    expect(log.records('audit.log')).toHaveLength(1);
  });
});

describe('a projection', () => {
  it('applies each event once across redelivery, rewound readers and unwanted events in the lane', async () => {
    const log = createMemoryLog();
    const lanes = lanesOn(log);
    await log.writer.append([1, 2, 3, 4].map(command));
    await run(log, [decider(lanes)]);
    await settle(log);
    await lanes.idle();
    await pool.query('TRUNCATE counted');
    const wantedId = log.records('workflow.events')[2]?.headers['ce_id'];
    await run(log, [
      createProjection({
        name: 'cases',
        version: 1,
        topics: ['workflow.events'],
        pool,
        keyring,
        select: attributes => attributes.id === wantedId,
        fold: (sql, events) => count(sql, events.map(idOf)),
      }),
    ]);
    await settle(log, 1);
    log.redeliverFrom(1);
    await settle(log);
    expect((await pool.query('SELECT id, times FROM counted')).rows).toEqual([{ id: wantedId, times: 1 }]);
  });
});
