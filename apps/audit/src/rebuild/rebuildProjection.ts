import pg from 'pg';
import type { EventLogInspector, IncomingRecord } from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import {
  createPool,
  loadCursor,
  migrate,
  processingMigrations,
  transaction,
  type Cursor,
  type Sql,
} from '@anamnesis/processing';
import { processorOf, type AuditProjection } from '../projections/projection.js';
import { contentHash } from './contentHash.js';

export const auditMigrations = new URL('../migrations/', import.meta.url);

export interface TableContent {
  readonly hash: string;
  readonly rows: number;
}

export interface RebuildReport {
  readonly projection: string;
  readonly equal: boolean;
  readonly tables: Readonly<Record<string, { readonly live: TableContent; readonly rebuilt: TableContent }>>;
}

export interface RebuildOptions {
  readonly url: string;
  readonly inspector: EventLogInspector;
  readonly keyring: Keyring;
  readonly epochOf: (topic: string) => string;
}

type Contents = ReadonlyMap<string, TableContent>;

async function contents(sql: Sql, schema: string, tables: readonly string[]): Promise<Contents> {
  const found = new Map<string, TableContent>();
  for (const table of tables) found.set(table, await contentHash(sql, schema, table));
  return found;
}

/** Live cursors and the content that belongs to exactly them, in one snapshot. */
async function liveState(
  pool: pg.Pool,
  projection: AuditProjection,
): Promise<{ ends: Map<string, number>; tables: Contents }> {
  return transaction(pool, async sql => {
    await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await sql.query("SET LOCAL statement_timeout = '30min'");
    const { rows } = await sql.query<{ topic: string; partition: number; next: number }>(
      'SELECT topic, partition, next FROM cursor WHERE processor = $1',
      [`${projection.name}.v${projection.version}`],
    );
    return {
      ends: new Map(rows.map(row => [`${row.topic}/${row.partition}`, row.next])),
      tables: await contents(sql, 'public', projection.tables),
    };
  });
}

function inSchema(url: string, schema: string): string {
  const target = new URL(url);
  target.searchParams.set('options', `-c search_path=${schema}`);
  return target.href;
}

/** Folds the topics of a projection up to the live cursors, through the same processor, into another schema. */
async function fold(
  projection: AuditProjection,
  pool: pg.Pool,
  ends: ReadonlyMap<string, number>,
  { inspector, keyring, epochOf }: RebuildOptions,
): Promise<void> {
  const processor = processorOf(projection, pool, keyring);
  const cursors = new Map<string, Cursor>();
  const { signal } = new AbortController();
  const taken = projection.topics.filter(topic =>
    [...ends].some(([place, end]) => end > 0 && place.startsWith(`${topic}/`)),
  );
  for (const topic of taken)
    await inspector.readAll(topic, 'audit.rebuild', async records => {
      const partition = records[0]?.partition ?? 0;
      const place = `${topic}/${partition}`;
      const end = ends.get(place) ?? 0;
      const wanted: IncomingRecord[] = records.filter(record => record.offset < end);
      if (wanted.length === 0) return;
      const cursor =
        cursors.get(place) ?? (await loadCursor(pool, processor.name, topic, partition, epochOf(topic)));
      const batch = { topic, partition, records: wanted, logEnd: end, signal };
      cursors.set(place, await processor.take(batch, cursor));
    });
}

let attempts = 0;

/**
 * Builds a projection again from the log, beside the live one and up to its cursors, and compares the content. The
 * second schema is dropped afterwards.
 */
export async function rebuildProjection(
  projection: AuditProjection,
  options: RebuildOptions,
): Promise<RebuildReport> {
  attempts += 1;
  const schema = `rebuild_${process.pid}_${attempts}`;
  const live = createPool(options.url, { applicationName: 'audit-rebuild', max: 1 });
  try {
    const { ends, tables } = await liveState(live, projection);
    await live.query(`CREATE SCHEMA ${schema}`);
    const url = inSchema(options.url, schema);
    const second = createPool(url, { applicationName: 'audit-rebuild', max: 4 });
    try {
      await migrate(url, [processingMigrations, auditMigrations]);
      await fold(projection, second, ends, options);
      const rebuilt = await transaction(second, async sql => {
        await sql.query("SET LOCAL statement_timeout = '30min'");
        return contents(sql, schema, projection.tables);
      });
      const compared = [...tables].map(([table, before]) => {
        const after = rebuilt.get(table) ?? { hash: '', rows: 0 };
        return [table, { live: before, rebuilt: after }] as const;
      });
      return {
        projection: projection.name,
        equal: compared.every(([, pair]) => pair.live.hash === pair.rebuilt.hash),
        tables: Object.fromEntries(compared),
      };
    } finally {
      await second.end();
    }
  } finally {
    await live.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await live.end();
  }
}
