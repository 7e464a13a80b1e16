import type pg from 'pg';
import type { PartitionBatch } from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import { openEvents, readHeaders, type DecodedEvent } from './codec.js';
import { transaction, type Sql } from './database/connection.js';
import { moveTo, wanted, withoutDuplicates, type Processor, type Select } from './processor.js';

export interface ProjectionDefinition {
  /** Name and version are the cursor's identity: a new version is built beside the live one. */
  readonly name: string;
  readonly version: number;
  readonly topics: readonly string[];
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  /** Events of other kinds are ignored by name here, before anything is opened. Absent: all are wanted. */
  readonly select?: Select;
  /** Evolve alone: no clock, no serial or random value; each row from one topic and one key. */
  readonly fold: (sql: Sql, events: readonly DecodedEvent[], batch: PartitionBatch) => Promise<void>;
}

/** A projection: a pure fold into tables, its cursor in the same transaction. */
export function createProjection({
  name,
  version,
  topics,
  pool,
  keyring,
  select,
  fold,
}: ProjectionDefinition): Processor {
  return {
    name: `${name}.v${version}`,
    topics,
    async take(batch, cursor) {
      const { fresh, marks } = withoutDuplicates(readHeaders(batch.records), cursor);
      const events = await openEvents(wanted(fresh, select), keyring);
      batch.signal.throwIfAborted();
      return transaction(pool, async sql => {
        if (events.length > 0) await fold(sql, events, batch);
        return moveTo(sql, cursor, batch, marks);
      });
    },
  };
}
