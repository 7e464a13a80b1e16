import type pg from 'pg';
import type { Sql } from '../database/connection.js';
import { seqMark } from '../decider.js';
import { tableHash } from './tableHash.js';

export interface LiveState {
  readonly hash: string;
  /** Last decision in each shard. */
  readonly seqs: ReadonlyMap<number, number>;
}

/** Hash of the live tables and how far they have come, in one snapshot. */
export async function liveState(
  pool: pg.Pool,
  { decider, logTopic, tables }: { decider: string; logTopic: string; tables: readonly string[] },
): Promise<LiveState> {
  const sql: Sql = await pool.connect();
  try {
    await sql.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await sql.query<{ partition: number; seq: string }>(
      `SELECT partition, coalesce(marks ->> $3, '0') AS seq FROM cursor WHERE processor = $1 AND topic = $2`,
      [decider, logTopic, seqMark],
    );
    return {
      hash: await tableHash(sql, tables),
      seqs: new Map(rows.map(row => [row.partition, Number(row.seq)])),
    };
  } finally {
    await sql.query('ROLLBACK');
    sql.release();
  }
}

/** Runs `work` in an empty schema of its own, built from a migration, and drops it afterwards. */
export async function inScratchSchema<T>(
  pool: pg.Pool,
  { name, migration }: { name: string; migration: string },
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const sql: Sql = await pool.connect();
  try {
    await sql.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
    await sql.query(`CREATE SCHEMA ${name}`);
    await sql.query(`SET search_path TO ${name}`);
    await sql.query(migration);
    return await work(sql);
  } finally {
    await sql.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
    sql.release(true);
  }
}
