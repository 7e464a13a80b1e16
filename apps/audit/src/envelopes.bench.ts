// What one envelope costs audit: forwarding it (headers, hash, contract check, JSON), and folding it into Postgres.
// Run after a build: `node --experimental-strip-types apps/audit/src/envelopes.bench.ts`.
import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { toHeaders } from '@anamnesis/contracts';
import { createPool, migrate, processingMigrations } from '@anamnesis/processing';
import { testPostgres } from '@anamnesis/testing';

const shipped = (path: string): Promise<unknown> => import(new URL(`../dist/${path}`, import.meta.url).href);
const { createForwarder } = (await shipped(
  'forward/forwarder.js',
)) as typeof import('./forward/forwarder.js');
const { processorOf } = (await shipped(
  'projections/projection.js',
)) as typeof import('./projections/projection.js');
const { hops } = (await shipped('projections/hops.js')) as typeof import('./projections/hops.js');

const total = 70_000;
const perBatch = Number(process.argv[2] ?? 210);
const topics = [
  'ingress.messages',
  'clinical.translated',
  'records.log',
  'records.events',
  'identity.log',
  'identity.events',
  'workflow.log',
];
const id = (): string => createHash('sha1').update(randomBytes(8)).digest('hex').slice(0, 32);
const value = randomBytes(1_300);

interface Rec {
  topic: string;
  partition: number;
  offset: number;
  appendTime: number;
  key: string;
  headers: Record<string, string>;
  value: Buffer;
}

function sources(count: number): Rec[] {
  return Array.from({ length: count }, (_, at) => {
    const topic = topics[at % topics.length] as string;
    return {
      topic,
      partition: 0,
      offset: Math.floor(at / topics.length),
      appendTime: 1_770_000_000_000 + at,
      key: '0',
      headers: toHeaders({
        id: id(),
        source: topic.split('.')[0] as string,
        type: at % topics.length === 0 ? 'message.received.v1' : 'records.decided.v1',
        time: '2026-03-01T10:00:00.000Z',
        partitionKey: id(),
        tenant: 'demo',
        srid: id(),
        subject: 'lab-results',
        correlationId: id(),
        causationId: id(),
        keyId: `${id()}.1`,
        plan: id() + id(),
        traceparent: `00-${id()}-${id().slice(16)}-01`,
        contentType: 'application/json',
        facts: {
          interface: 'lab-results',
          control: id(),
          part: '1/1',
          type: 'ORU^R01',
          outputhash: id(),
          lineagehash: id(),
        },
      }),
      value,
    };
  });
}

const database = await testPostgres();
await migrate(database.url, [processingMigrations, new URL('../dist/migrations/', import.meta.url)]);
const pool: pg.Pool = createPool(database.url, { applicationName: 'bench', max: 1 });
const backend = (await pool.query<{ p: number }>('SELECT pg_backend_pid() p')).rows[0]?.p;
const postgresMs = (): number => {
  const fields = execFileSync('cat', [`/proc/${backend}/stat`])
    .toString()
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
};
const nodeMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const signal = new AbortController().signal;
const appended: Rec[] = [];
const writer = {
  async append(records: readonly Omit<Rec, 'offset' | 'appendTime'>[]) {
    return records.map(record => {
      appended.push({ ...record, offset: appended.length, appendTime: 1_770_000_000_000 } as Rec);
      return { offset: 0, appendTime: 0 };
    });
  },
  close: async () => undefined,
};
const forwarder = createForwarder({
  pool,
  writer: writer as never,
  clock: () => 1_770_000_000_000,
  random: size => randomBytes(size),
  epochOf: () => 'e1',
  idKeyOf: () => Buffer.alloc(32, 1),
  tenantOfShard: () => 'demo',
});
const cursor = (processor: string, topic: string) => ({
  processor,
  topic,
  partition: 0,
  next: 0,
  epoch: 'e1',
  marks: {},
});

async function measure(name: string, records: Rec[], take: (batch: Rec[]) => Promise<void>): Promise<void> {
  const before = { node: nodeMs(), postgres: postgresMs(), wall: performance.now() };
  for (let at = 0; at < records.length; at += perBatch) await take(records.slice(at, at + perBatch));
  const per = (ms: number): string => ((ms * 1_000) / records.length).toFixed(1);
  console.log(
    `${name}: ${Math.round((records.length * 1_000) / (performance.now() - before.wall))} envelopes/s, ` +
      `${per(nodeMs() - before.node)} µs Node, ${per(postgresMs() - before.postgres)} µs Postgres per envelope (batches of ${perBatch})`,
  );
}

const records = sources(total);
const byTopic = topics.flatMap(topic => records.filter(record => record.topic === topic));
let forwardCursor = cursor('audit.forward', '');
await measure('forward', byTopic, async batch => {
  const topic = batch[0]?.topic ?? '';
  const same = batch.filter(record => record.topic === topic);
  if (forwardCursor.topic !== topic) {
    forwardCursor = cursor('audit.forward', topic);
    await pool.query('INSERT INTO cursor VALUES ($1, $2, 0, 0, $3)', ['audit.forward', topic, 'e1']);
  }
  forwardCursor = (await forwarder.take(
    { topic, partition: 0, records: same, logEnd: 0, signal },
    forwardCursor,
  )) as typeof forwardCursor;
});
const keyring = {} as never;
const folding = processorOf(hops, pool, keyring);
await pool.query('INSERT INTO cursor VALUES ($1, $2, 0, 0, $3)', [folding.name, 'audit.log', 'e1']);
let foldCursor = cursor(folding.name, 'audit.log');
await measure('fold', appended, async batch => {
  foldCursor = (await folding.take(
    { topic: 'audit.log', partition: 0, records: batch, logEnd: 0, signal },
    foldCursor,
  )) as typeof foldCursor;
});
await pool.end();
await database.close();
