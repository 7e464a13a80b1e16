import type pg from 'pg';
import type { Keyring } from '@anamnesis/keys';
import { createProjection, type Processor, type ProjectionDefinition } from '@anamnesis/processing';

/** A projection as data: what it folds and the tables that are its result. */
export interface AuditProjection extends Omit<ProjectionDefinition, 'pool' | 'keyring'> {
  readonly tables: readonly string[];
}

export function processorOf(projection: AuditProjection, pool: pg.Pool, keyring: Keyring): Processor {
  return createProjection({ ...projection, pool, keyring });
}
