import { testBroker, type TestBroker } from '@anamnesis/testing';
import {
  createKafkaInspector,
  createKafkaReader,
  createKafkaWriter,
  createMemoryLog,
  type EventLogInspector,
  type EventLogReader,
  type EventLogWriter,
  type IncomingRecord,
  type OutgoingRecord,
  type PartitionHandler,
} from './index.js';

const record = (n: number, partition = 0): OutgoingRecord => ({
  topic: 'workflow.log',
  partition,
  key: `k${n}`,
  headers: { ce_id: `e${n}`, 'content-type': 'application/json' },
  value: Buffer.from([n, 0, 255]),
});

async function until(condition: () => boolean, milliseconds = 15_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error('did not come true in time');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

describe('the event log on a real broker', () => {
  let broker: TestBroker;
  let writer: EventLogWriter;
  let reader: EventLogReader;
  let inspector: EventLogInspector;

  beforeAll(async () => {
    broker = await testBroker();
    await broker.createTopics([{ name: 'workflow.log', partitions: 2 }]);
    writer = createKafkaWriter(broker.connection);
    reader = createKafkaReader(broker.connection, { lingerMs: 0 });
    inspector = createKafkaInspector(broker.connection);
  }, 60_000);

  afterAll(async () => {
    await writer.close();
    await inspector.close();
    await broker.close();
  });

  it('answers each record with its offset, in the order of the calls, and gives the bytes back', async () => {
    const appended = await Promise.all([writer.append([record(0), record(1)]), writer.append([record(2)])]);
    expect(appended.flat().map(a => a.offset)).toEqual([0, 1, 2]);
    expect(appended.flat().every(a => a.appendTime > 0)).toBe(true);
    const read: IncomingRecord[] = [];
    await inspector.readAll('workflow.log', 'test', async records => {
      read.push(...records);
    });
    expect(read.map(r => [r.offset, r.key, r.headers['ce_id'], r.value])).toEqual(
      [0, 1, 2].map(n => [n, `k${n}`, `e${n}`, Buffer.from([n, 0, 255])]),
    );
  }, 30_000);

  it('delivers from where the handler says: a sought offset comes next, a paused partition comes back', async () => {
    const seen: number[][] = [];
    const verdicts: Awaited<ReturnType<PartitionHandler>>[] = [
      { kind: 'seek', offset: 1 },
      { kind: 'pause', milliseconds: 100, offset: 2 },
    ];
    const running = await reader.run({ group: 'test.seek', topics: ['workflow.log'] }, async batch => {
      if (batch.partition !== 0) return { kind: 'resolved' };
      seen.push(batch.records.map(r => r.offset));
      return verdicts.shift() ?? { kind: 'resolved' };
    });
    await until(() => seen.length >= 3);
    await running.stop();
    expect(seen.slice(0, 3)).toEqual([[0, 1, 2], [1, 2], [2]]);
  }, 30_000);

  it('delivers a resolved batch once, not again and again', async () => {
    let batches = 0;
    const running = await reader.run({ group: 'test.once', topics: ['workflow.log'] }, async () => {
      batches += 1;
      return { kind: 'resolved' };
    });
    await until(() => batches > 0);
    await new Promise(resolve => setTimeout(resolve, 1_000));
    await running.stop();
    expect(batches).toBe(1);
  }, 30_000);

  it('keeps its membership while a handler works longer than the session timeout', async () => {
    let runs = 0;
    let aborted = false;
    const running = await reader.run({ group: 'test.slow', topics: ['workflow.log'] }, async batch => {
      runs += 1;
      await new Promise(resolve => setTimeout(resolve, 8_000));
      aborted = batch.signal.aborted;
      return { kind: 'resolved' };
    });
    await until(() => runs > 0);
    await new Promise(resolve => setTimeout(resolve, 9_000));
    await running.stop();
    expect({ runs, aborted }).toEqual({ runs: 1, aborted: false });
  }, 40_000);

  it('refuses to write where the user may not', async () => {
    const stranger = createKafkaWriter(broker.connectionAs('records'));
    await expect(stranger.append([record(9)])).rejects.toMatchObject({ code: 'ANM_LOG_UNAVAILABLE' });
    await stranger.close();
  }, 40_000);
});

describe('the event log in memory', () => {
  it('keeps order per partition and answers with offsets, as the broker does', async () => {
    const log = createMemoryLog();
    expect(await log.writer.append([record(0), record(1, 1), record(2)])).toEqual([
      { offset: 0, appendTime: 0 },
      { offset: 0, appendTime: 0 },
      { offset: 1, appendTime: 0 },
    ]);
    const seen: number[] = [];
    await log.reader.run({ group: 'g', topics: ['workflow.log'] }, async batch => {
      if (batch.partition === 0) seen.push(...batch.records.map(r => r.offset));
      return { kind: 'resolved' };
    });
    await log.deliver();
    expect(seen).toEqual([0, 1]);
  });
});
