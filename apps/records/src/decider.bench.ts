// What one ORU bundle (referenced Patient and Encounter, report, six observations) costs the record: open, decide,
// evolve, seal, and one transaction per batch on a real Postgres that waits for its disk.
// Run after a build: `node --experimental-strip-types apps/records/src/decider.bench.ts [messages] [per batch]`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePorts, startPostgres } from '@anamnesis/embedded';
import { createLanes, createPool, loadCursor, migrate, processingMigrations } from '@anamnesis/processing';
import type * as Decider from './recordsDecider.js';
import type * as Testing from './testing/records.js';

// What is measured is what is shipped: the build's output, which has no declarations of its own.
const shipped = async (file: string): Promise<unknown> =>
  import(new URL(`../dist/${file}`, import.meta.url).href);
const { createRecordsDecider } = (await shipped('recordsDecider.js')) as typeof Decider;
const { bundleRecord, countingBytes, memoryKeyring, testId, testIdKey } = (await shipped(
  'testing/records.js',
)) as typeof Testing;

const total = Number(process.argv[2] ?? 20_000);
const perBatch = Number(process.argv[3] ?? 200);
const patients = 2_000;

const codes = ['718-7', '4544-3', '787-2', '785-6', '786-4', '777-3'];
function oru(n: number) {
  const srid = testId('srid', String(n % patients));
  const report = testId('report', String(n));
  const identifier = [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: `F${n}` }];
  const subject = { reference: `Patient/${srid}` };
  const encounter = { reference: `Encounter/${testId('visit', srid)}` };
  const observations = codes.map((code, at) => ({
    type: 'Observation',
    id: testId('obx', String(n), String(at)),
    authority: 'feed' as const,
    subject: srid,
    effectiveTime: '2026-01-01T10:00:00Z',
    statusRank: 2,
    resource: {
      resourceType: 'Observation',
      id: testId('obx', String(n), String(at)),
      status: 'final',
      category: [
        {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' },
          ],
        },
      ],
      code: {
        coding: [{ system: 'http://loinc.org', code, display: 'Hemoglobin [Mass/volume] in Blood' }],
        text: 'Hemoglobin',
      },
      subject,
      encounter,
      effectiveDateTime: '2026-01-01T09:30:00+01:00',
      issued: '2026-01-01T10:00:00+01:00',
      valueQuantity: {
        value: 13.5 + (n % 10) / 10,
        unit: 'g/dL',
        system: 'http://unitsofmeasure.org',
        code: 'g/dL',
      },
      interpretation: [
        {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'N' },
          ],
        },
      ],
      referenceRange: [{ text: '12.0-16.0' }],
    },
  }));
  return {
    interface: 'lab-results',
    controlId: `C${n}`,
    messageType: 'ORU^R01',
    effectiveTime: '2026-01-01T10:00:00Z',
    part: { n: 1, of: 1, srids: [srid] },
    resources: [
      {
        type: 'Patient',
        id: srid,
        authority: 'reference' as const,
        subject: srid,
        resource: {
          resourceType: 'Patient',
          id: srid,
          birthDate: '1962-03-20',
          gender: 'female',
          identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: `M${n % patients}` }],
          name: [{ family: 'EVERYWOMAN', given: ['EVE', 'E'] }],
        },
      },
      {
        type: 'Encounter',
        id: testId('visit', srid),
        authority: 'reference' as const,
        subject: srid,
        resource: {
          resourceType: 'Encounter',
          id: testId('visit', srid),
          status: 'in-progress',
          class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
          subject,
        },
      },
      {
        type: 'DiagnosticReport',
        id: report,
        authority: 'feed' as const,
        subject: srid,
        effectiveTime: '2026-01-01T10:00:00Z',
        statusRank: 2,
        resource: {
          resourceType: 'DiagnosticReport',
          id: report,
          identifier,
          status: 'final',
          code: { coding: [{ system: 'http://loinc.org', code: '58410-2', display: 'CBC panel' }] },
          subject,
          encounter,
          issued: '2026-01-01T10:00:00+01:00',
          result: observations.map(o => ({ reference: `Observation/${o.id}` })),
        },
      },
      ...observations,
    ],
    findings: [],
    leaves: { total: 120, mapped: 80, ignored: 40, reported: [] },
    rules: ['ORU_R01', 'PID[Patient]', 'OBR[DiagnosticReport]', 'OBX[Observation]'],
  };
}

const dir = mkdtempSync(join(tmpdir(), 'anamnesis-bench-'));
const [port] = (await freePorts(1)) as [number];
const server = await startPostgres({ dir, port, password: 'bench', lifetime: 'parent' });
try {
  const admin = new pg.Client(server.adminUrl);
  await admin.connect();
  await admin.query('CREATE DATABASE bench');
  await admin.end();
  const url = server.url('bench', 'postgres', 'bench');
  await migrate(url, [processingMigrations, new URL('../dist/migrations/', import.meta.url)]);
  const pool = createPool(url, { applicationName: 'bench', max: 2 });
  const keyring = memoryKeyring();
  let appended = 0;
  const writer = {
    append: async (records: readonly { value: Buffer | null }[]) => {
      appended += records.length;
      return records.map((_, offset) => ({ offset, appendTime: 0 }));
    },
    close: async () => undefined,
  };
  const lanes = createLanes({ pool, writer, clock: Date.now, onTrouble: console.error });
  const decider = createRecordsDecider({
    pool,
    keyring,
    lanes,
    random: countingBytes,
    idKey: () => testIdKey,
  });

  const records = [];
  for (let n = 0; n < total; n += 1)
    records.push(
      await bundleRecord(
        keyring,
        { payload: oru(n), id: testId('intent', String(n)) },
        { topic: 'records.log', partition: 0, type: 'records.bundle-submitted.v1', offset: n },
      ),
    );
  const cpuOf = (): number => {
    // User and system ticks of the server and its children.
    const out = execFileSync('ps', [
      '-o',
      'times=',
      '-p',
      String(server.pid),
      '--ppid',
      String(server.pid),
    ]).toString();
    return out
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + Number(line), 0);
  };
  let cursor = await loadCursor(pool, 'records', 'records.log', 0, 'e1');
  const times: number[] = [];
  const pgBefore = cpuOf();
  const nodeBefore = process.cpuUsage();
  const start = performance.now();
  for (let from = 0; from < total; from += perBatch) {
    const batch = records.slice(from, from + perBatch).map((record, at) => ({
      ...record,
      offset: from + at,
      appendTime: Date.UTC(2026, 0, 1) + from + at,
    }));
    const began = performance.now();
    cursor = await decider.take(
      {
        topic: 'records.log',
        partition: 0,
        records: batch,
        logEnd: total,
        signal: new AbortController().signal,
      },
      cursor,
    );
    times.push(performance.now() - began);
    if (times.length % 20 === 0) await lanes.tidy();
  }
  await lanes.idle();
  const seconds = (performance.now() - start) / 1_000;
  const node = process.cpuUsage(nodeBefore);
  times.sort((a, b) => a - b);
  const quantile = (q: number): number => Math.round(times[Math.floor(times.length * q)] ?? 0);
  const { rows } = await pool.query(
    'SELECT (SELECT count(*) FROM res_current) AS resources, pg_size_pretty(pg_database_size(current_database())) AS size',
  );
  console.log(
    JSON.stringify({
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      messages: total,
      perBatch,
      appended,
      bundlesPerSecond: Math.round(total / seconds),
      nodeMsPerBundle: ((node.user + node.system) / 1_000 / total).toFixed(3),
      postgresMsPerBundle: (((cpuOf() - pgBefore) * 1_000) / total).toFixed(3),
      batchMs: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
      bytesPerIntent: records[0]?.value?.length,
      ...rows[0],
    }),
  );
  await pool.end();
} finally {
  await server.stop('immediate');
  rmSync(dir, { recursive: true, force: true });
}
