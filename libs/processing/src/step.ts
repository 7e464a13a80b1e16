import type pg from 'pg';
import type { EventLogWriter, OutgoingRecord, PartitionBatch } from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import { decodeBatch, type DecodedEvent } from './codec.js';
import { transaction, type Sql } from './database/connection.js';
import { moveTo, withoutDuplicates, type Processor } from './processor.js';

/** A message set aside, as it was read; see `migrations/0001_processing.sql`. */
export interface ParkedMessage {
  readonly event: DecodedEvent;
  readonly code: string;
}

export interface StepResult {
  /** Appended, acknowledged, before the cursor moves. Ids and positions are derived, so a second append is harmless. */
  readonly outputs: readonly OutgoingRecord[];
  readonly parked?: readonly ParkedMessage[];
  /** Writes of the step's own tables in the cursor's transaction. */
  readonly save?: (sql: Sql) => Promise<void>;
}

export interface StepDefinition {
  readonly name: string;
  readonly topics: readonly string[];
  readonly pool: pg.Pool;
  readonly writer: EventLogWriter;
  readonly keyring: Keyring;
  /** Pure but for what it was given: events of one partition, in order, duplicates already gone. */
  readonly handle: (events: readonly DecodedEvent[], batch: PartitionBatch) => Promise<StepResult>;
  /** Backpressure: awaited before a batch is handled, so that a feeder stays a bounded distance ahead. */
  readonly admit?: (batch: PartitionBatch) => Promise<void>;
}

async function park(sql: Sql, step: string, parked: readonly ParkedMessage[]): Promise<void> {
  if (parked.length === 0) return;
  const records = parked.map(p => (p.event.readable ? p.event.event.record : p.event.record));
  await sql.query(
    `INSERT INTO parked (step, topic, partition, "offset", key, event_id, code, headers, value)
     SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[])
     ON CONFLICT DO NOTHING`,
    [
      step,
      records.map(r => r.topic),
      records.map(r => r.partition),
      records.map(r => r.offset),
      records.map(r => r.key),
      records.map(r => r.headers['ce_id'] ?? null),
      parked.map(p => p.code),
      records.map(r => JSON.stringify(r.headers)),
      records.map(r => r.value),
    ],
  );
}

/**
 * A step: a pure function of events and the plan stamped on them. The cursor moves after the append is
 * acknowledged, in the transaction that holds parked rows; a crash between the two appends the same ids again,
 * which fall by position downstream (blueprint §5).
 */
export function createStep(definition: StepDefinition): Processor {
  const { name, topics, pool, writer, keyring, handle, admit } = definition;
  return {
    name,
    topics,
    async take(batch, cursor) {
      await admit?.(batch);
      const { fresh, marks } = withoutDuplicates(await decodeBatch(batch.records, keyring), cursor);
      const { outputs, parked = [], save } = await handle(fresh, batch);
      batch.signal.throwIfAborted();
      await writer.append(outputs);
      return transaction(pool, async sql => {
        await park(sql, name, parked);
        await save?.(sql);
        return moveTo(sql, cursor, batch, marks);
      });
    },
  };
}
