import type pg from 'pg';
import { keyStoreUnavailable } from './errors.js';

/** One row of the key store. `wrapped` is null once destroyed. */
export interface StoredKey {
  readonly tenant: string;
  readonly owner: string;
  readonly generation: number;
  readonly wrapped: Buffer | null;
  readonly state: 'open' | 'closed' | 'destroyed';
}

export interface NewKey {
  readonly tenant: string;
  readonly owner: string;
  readonly generation: number;
  readonly wrapped: Buffer;
  /** Source records that the key also belongs to; empty when the owner is the source record itself. */
  readonly members: readonly string[];
}

/** Where wrapped keys live. Postgres here; a KMS or vault wraps the master key behind the same port. */
export interface KeyStore {
  newest(owners: readonly { tenant: string; owner: string }[]): Promise<StoredKey[]>;
  byGeneration(keys: readonly { tenant: string; owner: string; generation: number }[]): Promise<StoredKey[]>;
  /** Inserts what is not there yet; a key that another process created first stays. Durable when it resolves. */
  create(keys: readonly NewKey[]): Promise<void>;
}

interface Row {
  tenant: string;
  owner: string;
  generation: number;
  wrapped: Buffer | null;
  state: StoredKey['state'];
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw keyStoreUnavailable({ reason: error instanceof Error ? error.name : 'unknown' }, error);
  }
}

/** Each method raises {@link keyStoreUnavailable} when the database does not answer. */
export function createPostgresKeyStore(pool: pg.Pool): KeyStore {
  return {
    newest: owners =>
      guarded(async () => {
        const { rows } = await pool.query<Row>(
          `SELECT DISTINCT ON (k.tenant, k.owner) k.tenant, k.owner, k.generation, k.wrapped, k.state
             FROM unnest($1::text[], $2::text[]) AS asked (tenant, owner)
             JOIN data_key k USING (tenant, owner)
            ORDER BY k.tenant, k.owner, k.generation DESC`,
          [owners.map(o => o.tenant), owners.map(o => o.owner)],
        );
        return rows;
      }),
    byGeneration: keys =>
      guarded(async () => {
        const { rows } = await pool.query<Row>(
          `SELECT k.tenant, k.owner, k.generation, k.wrapped, k.state
             FROM unnest($1::text[], $2::text[], $3::int[]) AS asked (tenant, owner, generation)
             JOIN data_key k USING (tenant, owner, generation)`,
          [keys.map(k => k.tenant), keys.map(k => k.owner), keys.map(k => k.generation)],
        );
        return rows;
      }),
    create: keys =>
      guarded(async () => {
        await pool.query(
          `WITH made AS (
             INSERT INTO data_key (tenant, owner, generation, wrapped)
             SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bytea[])
             ON CONFLICT DO NOTHING)
           INSERT INTO data_key_member (tenant, srid, owner)
           SELECT * FROM unnest($5::text[], $6::text[], $7::text[])
           ON CONFLICT DO NOTHING`,
          [
            keys.map(k => k.tenant),
            keys.map(k => k.owner),
            keys.map(k => k.generation),
            keys.map(k => k.wrapped),
            keys.flatMap(k => k.members.map(() => k.tenant)),
            keys.flatMap(k => k.members),
            keys.flatMap(k => k.members.map(() => k.owner)),
          ],
        );
      }),
  };
}
