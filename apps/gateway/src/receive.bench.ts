// What one received message costs the gateway, by stage: reading, lookup of stored answers, decision, keys, sealing,
// and the fold into the message store. The log is in memory and answers after a few milliseconds, as a broker would;
// Postgres is real. Run after a build: `node --experimental-strip-types apps/gateway/src/receive.bench.ts [inFlight]`.
import { randomBytes } from 'node:crypto';
import { createMemoryLog, type IncomingRecord } from '@anamnesis/event-log';
import { createKeyring, createPostgresKeyStore } from '@anamnesis/keys';
import { createPool, migrate, processingMigrations, readHeaders, transaction } from '@anamnesis/processing';
import { testPostgres } from '@anamnesis/testing';

const shipped = (path: string): Promise<unknown> => import(new URL(`../dist/${path}`, import.meta.url).href);
const { createReceiver } = (await shipped('receive/receiver.js')) as typeof import('./receive/receiver.js');
const { createRecentReceipts } = (await shipped(
  'receive/recentReceipts.js',
)) as typeof import('./receive/recentReceipts.js');
const { createEdgeSequence } = (await shipped(
  'receive/edgeSequence.js',
)) as typeof import('./receive/edgeSequence.js');
const { createEarlierReceipts } = (await shipped(
  'store/earlierReceipts.js',
)) as typeof import('./store/earlierReceipts.js');
const { foldMessages } = (await shipped('store/messageStore.js')) as typeof import('./store/messageStore.js');
const { testInterface } = (await shipped('testing/contracts.js')) as typeof import('./testing/contracts.js');

const messages = 20_000;
const patients = 5_000;
const inFlight = Number(process.argv[2] ?? 32);

function result(n: number): Buffer {
  const lines = [
    `MSH|^~\\&|LAB|NORTH|ANM|HUB|20260102030405+0100||ORU^R01^ORU_R01|C${n}|P|2.5.1`,
    `PID|1||${n % patients}^^^MRN^MR||EVERYWOMAN^EVE^E^^^^L||19620320|F|||1 TEST WAY^^TOWN^ST^12345^USA`,
    `OBR|1|P${n}|F${n}|24323-8^Comprehensive panel^LN|||20260102020000|||||||||||||||20260102030000||LAB|F`,
  ];
  for (let i = 1; i <= 10; i += 1)
    lines.push(
      `OBX|${i}|NM|${1000 + i}-1^Analyte ${i}^LN||${i}.${n % 10}|mmol/L^^UCUM|1.0-9.9|N|||F|||20260102023000||TECH`,
    );
  return Buffer.from(`${lines.join('\r')}\r`);
}

const database = await testPostgres();
await migrate(database.url, [
  processingMigrations,
  new URL('../../../libs/keys/src/migrations/', import.meta.url),
  new URL('./migrations/', import.meta.url),
]);
const pool = createPool(database.url, { applicationName: 'bench' });
const log = createMemoryLog(Date.now);
const idKey = randomBytes(32);
const master = randomBytes(32);
const stages: Record<string, number> = { lookup: 0, decide: 0, keys: 0, encode: 0, append: 0 };
let batches = 0;
const ports = {
  tenant: () => ({ idKey, shard: 0 }),
  earlier: createEarlierReceipts(pool),
  recent: createRecentReceipts({ clock: Date.now }),
  keyring: createKeyring({
    store: createPostgresKeyStore(pool),
    masterKey: () => master,
    random: randomBytes,
  }),
  writer: {
    async append(records: Parameters<typeof log.writer.append>[0]) {
      await new Promise(resolve => setTimeout(resolve, 3));
      return log.writer.append(records);
    },
    close: async () => undefined,
  },
  sequence: createEdgeSequence(randomBytes),
  clock: Date.now,
  random: randomBytes,
  traceparent: () => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  durable: () => true,
  observe(batch: Record<string, unknown>) {
    batches += 1;
    for (const stage of Object.keys(stages)) stages[stage] = (stages[stage] ?? 0) + (batch[stage] as number);
  },
};
const receiver = createReceiver(ports as unknown as Parameters<typeof createReceiver>[0]);
const active = testInterface();

async function run(from: number, count: number): Promise<number[]> {
  const took: number[] = [];
  let next = from;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < from + count) {
        const bytes = result(next);
        next += 1;
        const began = performance.now();
        await receiver.receive({ active, bytes, transport: 'mllp' });
        took.push(performance.now() - began);
      }
    }),
  );
  return took.sort((a, b) => a - b);
}

await run(1_000_000, 2_000);
for (const stage of Object.keys(stages)) stages[stage] = 0;
batches = 0;
const cpu = process.cpuUsage();
const began = performance.now();
const took = await run(0, messages);
const seconds = (performance.now() - began) / 1_000;
const used = process.cpuUsage(cpu);
const each = (milliseconds: number): string => `${((milliseconds * 1_000) / messages).toFixed(1)} µs`;
const at = (share: number): string => `${(took[Math.floor(took.length * share)] ?? 0).toFixed(1)} ms`;

console.log(`${messages} ORU of ${result(1).length} bytes, ${patients} patients, ${inFlight} in flight`);
console.log(`answered        ${(messages / seconds).toFixed(0)}/s, p50 ${at(0.5)}, p99 ${at(0.99)}`);
console.log(`messages/batch  ${(messages / batches).toFixed(1)}`);
console.log(`process CPU     ${each((used.user + used.system) / 1_000)} per message`);
for (const [stage, total] of Object.entries(stages))
  console.log(`  ${stage.padEnd(14)}${each(total)} wall per message`);

const records: IncomingRecord[] = log.records('ingress.messages').slice(-messages);
const foldCpu = process.cpuUsage();
const foldBegan = performance.now();
for (let i = 0; i < records.length; i += 200)
  await transaction(pool, sql => foldMessages(sql, readHeaders(records.slice(i, i + 200))));
const folded = process.cpuUsage(foldCpu);
console.log(
  `message store   ${each(performance.now() - foldBegan)} wall, ${each((folded.user + folded.system) / 1_000)} CPU per message`,
);
await pool.end();
await database.close();
