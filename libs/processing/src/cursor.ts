import type pg from 'pg';
import type { Sql } from './database/connection.js';
import { cursorFenced } from './errors.js';
import type { Marks } from './marks.js';

/** How far one processor has come on one partition. `next` is the first offset not yet taken. */
export interface Cursor {
  readonly processor: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
  readonly epoch: string;
  readonly marks: Marks;
}

/** The stored cursor, created at 0 when there is none. */
export async function loadCursor(
  pool: pg.Pool,
  processor: string,
  topic: string,
  partition: number,
  epoch: string,
): Promise<Cursor> {
  await pool.query(
    `INSERT INTO cursor (processor, topic, partition, next, epoch) VALUES ($1, $2, $3, 0, $4) ON CONFLICT DO NOTHING`,
    [processor, topic, partition, epoch],
  );
  const { rows } = await pool.query<{ next: number; epoch: string; marks: Marks }>(
    'SELECT next, epoch, marks FROM cursor WHERE processor = $1 AND topic = $2 AND partition = $3',
    [processor, topic, partition],
  );
  const row = rows[0];
  return {
    processor,
    topic,
    partition,
    next: row?.next ?? 0,
    epoch: row?.epoch ?? epoch,
    marks: row?.marks ?? {},
  };
}

/**
 * Moves the cursor from where this process saw it. The compare-and-set is the fence.
 * Raised when another process moved it first: {@link cursorFenced}; roll back.
 */
export async function advanceCursor(
  sql: Sql,
  from: Cursor,
  to: { readonly next: number; readonly marks: Marks },
): Promise<Cursor> {
  const { rowCount } = await sql.query(
    `UPDATE cursor SET next = $5, marks = $6 WHERE processor = $1 AND topic = $2 AND partition = $3 AND next = $4`,
    [from.processor, from.topic, from.partition, from.next, to.next, JSON.stringify(to.marks)],
  );
  if (rowCount !== 1)
    throw cursorFenced({
      processor: from.processor,
      topic: from.topic,
      partition: from.partition,
      expected: from.next,
    });
  return { ...from, next: to.next, marks: to.marks };
}
