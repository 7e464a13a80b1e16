import type pg from 'pg';
import type { EventAttributes } from '@anamnesis/contracts';
import type { PartitionBatch } from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import { decodeBatch, type DecodedEvent } from './codec.js';
import { transaction, type Sql } from './database/connection.js';
import { attributesOf, moveTo, withoutDuplicates, type Processor } from './processor.js';

export interface ProjectionDefinition {
  /** Name and version are the cursor's identity: a new version is built beside the live one. */
  readonly name: string;
  readonly version: number;
  readonly topics: readonly string[];
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  /** Events of other kinds are ignored by name here, before anything is opened. Absent: all are wanted. */
  readonly select?: (attributes: EventAttributes) => boolean;
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
      const { fresh, marks } = withoutDuplicates(
        await decodeBatch(batch.records, keyring, select),
        cursor,
        attributesOf,
      );
      batch.signal.throwIfAborted();
      return transaction(pool, async sql => {
        if (fresh.length > 0) await fold(sql, fresh, batch);
        return moveTo(sql, cursor, batch, marks);
      });
    },
  };
}
