import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { defineError, type RecordsDecidedV1 } from '@anamnesis/contracts';
import type { EventLogInspector, IncomingRecord } from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import { decodeBatch, type Sql } from '@anamnesis/processing';
import { changesOf, type Changes } from '../decide/evolve.js';
import { eventsTopic, partOf } from '../decisionEvent.js';
import { deciderName, logTopic } from '../recordsDecider.js';
import { saveChanges } from '../store/saveChanges.js';
import { hashTables, recordTables, type TableHash } from './contentHash.js';

export const recordsMigrations = new URL('../migrations/', import.meta.url);

/** Raised when a decision cannot be read: a rebuild without it would prove nothing. */
export const decisionUnreadable = defineError(
  'ANM_DECISION_UNREADABLE',
  'stop',
  (f: { partition: number; offset: number; code: string }) =>
    `${eventsTopic}/${f.partition} at ${f.offset} could not be read (${f.code}): the record cannot be rebuilt without it`,
);

/** Raised when the log lacks decisions that the live state has. */
export const decisionsMissing = defineError(
  'ANM_DECISIONS_MISSING',
  'stop',
  (f: { partition: number; folded: number; live: number }) =>
    `${eventsTopic}/${f.partition} ends at decision ${f.folded}, the live record stands at ${f.live}: start records so that its lanes drain, then rebuild again`,
);

export interface RebuildOptions {
  /** The service's own database. */
  readonly databaseUrl: string;
  readonly inspector: EventLogInspector;
  readonly keyring: Keyring;
  /** Names the second schema; not one that is there. */
  readonly schema: string;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface RebuildReport {
  readonly equal: boolean;
  /** Decisions folded, over all shards. */
  readonly decisions: number;
  /** Decisions whose content was erased: tombstones, folded as nothing. */
  readonly erased: number;
  readonly seconds: number;
  readonly tables: Readonly<Record<string, { readonly live: TableHash; readonly rebuilt: TableHash }>>;
}

/** How often a lane that has not drained is waited for, and how long each time. */
const attempts = 20;
const attemptMs = 500;

/** The live tables and the positions they stand at, as one snapshot: traffic goes on meanwhile. */
async function liveState(
  client: pg.Client,
): Promise<{ positions: Map<number, number>; hashes: Record<string, TableHash> }> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const { rows } = await client.query<{ partition: number; seq: number }>(
      `SELECT partition, coalesce((marks ->> 'shard seq')::bigint, 0) AS seq FROM cursor WHERE processor = $1 AND topic = $2`,
      [deciderName, logTopic],
    );
    return {
      positions: new Map(rows.map(({ partition, seq }) => [partition, seq])),
      hashes: await hashTables(client),
    };
  } finally {
    await client.query('COMMIT');
  }
}

async function createSchema(client: pg.Client, schema: string): Promise<void> {
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(`SET search_path = ${schema}`);
  // A rebuild that is cut short is thrown away: it need not wait for the disk.
  await client.query('SET synchronous_commit = off');
  const names = (await readdir(recordsMigrations)).filter(name => name.endsWith('.sql')).sort();
  for (const name of names) await client.query(await readFile(new URL(name, recordsMigrations), 'utf8'));
  // Nothing is searched here: only the keys that rows are written by.
  const { rows: spare } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND NOT i.indisprimary`,
    [schema],
  );
  for (const { name } of spare) await client.query(`DROP INDEX ${name}`);
  for (const table of Object.keys(recordTables)) await client.query(`ALTER TABLE ${table} SET UNLOGGED`);
}

/**
 * Folds `records.events` into a second schema up to where the live record stands, and compares content hashes. The
 * schema is dropped afterwards; nothing live is touched.
 * Raised when decisions are missing or cannot be read.
 */
export async function rebuildRecords(options: RebuildOptions): Promise<RebuildReport> {
  const { inspector, keyring, schema, clock, sleep } = options;
  const began = clock();
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: 'anamnesis-rebuild',
  });
  await client.connect();
  try {
    const { positions, hashes: live } = await liveState(client);
    await createSchema(client, schema);
    const folded = new Map<number, number>();
    let decisions = 0;
    let erased = 0;

    const fold = async (records: readonly IncomingRecord[]): Promise<void> => {
      const changes: Changes[] = [];
      for (const decoded of await decodeBatch(records, keyring)) {
        if (!decoded.readable) {
          const { partition, offset } = decoded.record;
          if (decoded.code !== 'erased') throw decisionUnreadable({ partition, offset, code: decoded.code });
          erased += 1;
          continue;
        }
        const { record, attributes, payload } = decoded.event;
        const decided = payload as RecordsDecidedV1;
        const last = folded.get(record.partition) ?? 0;
        if (decided.seq <= last || decided.seq > (positions.get(record.partition) ?? 0)) continue;
        folded.set(record.partition, decided.seq);
        decisions += 1;
        changes.push(changesOf(decided, { ...attributes, part: partOf(attributes.facts) }));
      }
      if (changes.length === 0) return;
      await client.query('BEGIN');
      await saveChanges(client as unknown as Sql, changes);
      await client.query('COMMIT');
    };
    // Partitions are read side by side; the one session folds them one after the other.
    let turn: Promise<void> = Promise.resolve();
    const inTurn = (records: readonly IncomingRecord[]): Promise<void> => {
      turn = turn.then(() => fold(records));
      return turn;
    };
    const behind = (): number | undefined =>
      [...positions].find(([partition, seq]) => (folded.get(partition) ?? 0) < seq)?.[0];

    for (let attempt = 0; attempt === 0 || behind() !== undefined; attempt += 1) {
      const partition = behind();
      if (partition !== undefined && attempt >= attempts)
        throw decisionsMissing({
          partition,
          folded: folded.get(partition) ?? 0,
          live: positions.get(partition) ?? 0,
        });
      if (attempt > 0) await sleep(attemptMs);
      erased = 0;
      await inspector.readAll(eventsTopic, 'records.rebuild', inTurn);
    }
    const rebuilt = await hashTables(client);
    const tables = Object.fromEntries(
      Object.entries(live).map(([table, hash]) => [
        table,
        { live: hash, rebuilt: rebuilt[table] ?? { rows: 0, hash: '' } },
      ]),
    );
    const equal = Object.values(tables).every(table => table.live.hash === table.rebuilt.hash);
    return { equal, decisions, erased, seconds: (clock() - began) / 1_000, tables };
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`).catch(() => undefined);
    await client.end();
  }
}
