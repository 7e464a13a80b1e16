import type pg from 'pg';
import type {
  AppendedRecord,
  EventLogWriter,
  IncomingRecord,
  OutgoingRecord,
  PartitionBatch,
} from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import { openEvents, readHeaders, type DecodedEvent, type SealedEvent } from './codec.js';
import { transaction, type Sql } from './database/connection.js';
import { moveTo, wanted, withoutDuplicates, type Processor, type Select } from './processor.js';

/** A message set aside, as it was read; see `migrations/0001_processing.sql`. */
export interface ParkedMessage {
  readonly record: IncomingRecord;
  readonly code: string;
}

export interface StepResult {
  /** Appended, acknowledged, before the cursor moves. Ids and positions are derived, so a second append is harmless. */
  readonly outputs: readonly OutgoingRecord[];
  readonly parked?: readonly ParkedMessage[];
  /** Writes of the step's own tables in the cursor's transaction. */
  readonly save?: (sql: Sql) => Promise<void>;
}

interface StepBase<E> {
  readonly name: string;
  readonly topics: readonly string[];
  readonly pool: pg.Pool;
  readonly writer: EventLogWriter;
  /** Events of other kinds are ignored by name here, before anything is opened. Absent: all are wanted. */
  readonly select?: Select;
  /** Pure but for what it was given: events of one partition, in order, duplicates already gone. */
  readonly handle: (events: readonly E[], batch: PartitionBatch) => Promise<StepResult>;
  /** Backpressure: awaited before a batch is handled, so that a feeder stays a bounded distance ahead. */
  readonly admit?: (batch: PartitionBatch) => Promise<void>;
  readonly onAppended?: (outputs: readonly OutgoingRecord[], appended: readonly AppendedRecord[]) => void;
}

export interface StepDefinition extends StepBase<DecodedEvent> {
  readonly keyring: Keyring;
}

/** A step that never opens payloads: it forwards them sealed, or copies envelopes. */
export type SealedStepDefinition = StepBase<SealedEvent>;

async function park(sql: Sql, step: string, parked: readonly ParkedMessage[]): Promise<void> {
  if (parked.length === 0) return;
  const records = parked.map(p => p.record);
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

function stepOf<E>(
  definition: StepBase<E>,
  read: (events: readonly SealedEvent[]) => Promise<readonly E[]>,
): Processor {
  const { name, topics, pool, writer, select, handle, admit, onAppended } = definition;
  return {
    name,
    topics,
    async take(batch, cursor) {
      await admit?.(batch);
      const { fresh, marks } = withoutDuplicates(readHeaders(batch.records), cursor);
      const { outputs, parked = [], save } = await handle(await read(wanted(fresh, select)), batch);
      batch.signal.throwIfAborted();
      const appended = await writer.append(outputs);
      onAppended?.(outputs, appended);
      return transaction(pool, async sql => {
        await park(sql, name, parked);
        await save?.(sql);
        return moveTo(sql, cursor, batch, marks);
      });
    },
  };
}

/**
 * A step: a pure function of events and the plan stamped on them. The cursor moves after the append is
 * acknowledged, in the transaction that holds parked rows; a crash between the two appends the same ids again,
 * which fall by position downstream (blueprint §5).
 */
export function createStep(definition: StepDefinition): Processor {
  return stepOf(definition, events => openEvents(events, definition.keyring));
}

/** As {@link createStep}, over payloads that stay sealed. */
export function createSealedStep(definition: SealedStepDefinition): Processor {
  return stepOf(definition, async events => events);
}
