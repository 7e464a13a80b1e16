import type pg from 'pg';
import type { SearchQuery } from '../http/searchQuery.js';
import type { PagePosition } from '../http/pageToken.js';

/** One version as stored: FHIR JSON as text, ready to be sent. */
export interface StoredVersion {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly body: string;
}

export interface FoundResource extends StoredVersion {
  readonly born: number;
}

/** Every query names the tenant: a resource of another tenant does not exist here. */
export interface RecordReads {
  read(tenant: string, type: string, id: string): Promise<StoredVersion | undefined>;
  vread(tenant: string, type: string, id: string, version: number): Promise<StoredVersion | undefined>;
  /** Newest first, from `below` (exclusive) down. */
  history(tenant: string, type: string, id: string, count: number, below?: number): Promise<StoredVersion[]>;
  /** Newest first; at most `count`. A Patient stands for every record that was merged into it. */
  search(tenant: string, query: SearchQuery, count: number, after?: PagePosition): Promise<FoundResource[]>;
}

export function createRecordReads(pool: pg.Pool): RecordReads {
  /** The record and, through any number of merges, those replaced by it. */
  const withReplaced = async (tenant: string, srids: readonly string[]): Promise<string[]> => {
    const { rows } = await pool.query<{ srid: string }>({
      text: `WITH RECURSIVE mine (srid) AS (
         SELECT unnest($2::text[]) UNION SELECT m.replaced FROM mine JOIN merged m ON m.tenant = $1 AND m.survivor = mine.srid)
       SELECT srid FROM mine`,
      values: [tenant, srids],
    });
    return rows.map(row => row.srid);
  };

  return {
    async read(tenant, type, id) {
      const { rows } = await pool.query<StoredVersion>({
        text: `SELECT v.type, v.id, v.version, v.body
           FROM res_current c JOIN res_version v USING (tenant, type, id, version)
          WHERE c.tenant = $1 AND c.type = $2 AND c.id = $3`,
        values: [tenant, type, id],
      });
      return rows[0];
    },
    async vread(tenant, type, id, version) {
      const { rows } = await pool.query<StoredVersion>({
        text: 'SELECT type, id, version, body FROM res_version WHERE tenant = $1 AND type = $2 AND id = $3 AND version = $4',
        values: [tenant, type, id, version],
      });
      return rows[0];
    },
    async history(tenant, type, id, count, below) {
      const { rows } = await pool.query<StoredVersion>({
        text: `SELECT type, id, version, body FROM res_version
          WHERE tenant = $1 AND type = $2 AND id = $3 AND version < $4 ORDER BY version DESC LIMIT $5`,
        values: [tenant, type, id, below ?? 2 ** 31 - 1, count],
      });
      return rows;
    },
    async search(tenant, query, count, after) {
      const values: unknown[] = [tenant, query.type];
      const place = (value: unknown): string => `$${values.push(value)}`;
      // The expression is the one that the index of whole types is on.
      const conditions = ['c.tenant = $1', 'c.type = $2', "(c.tenant || '/' || c.type) = $1 || '/' || $2"];
      for (const ids of query.ids) conditions.push(`c.id = ANY(${place(ids)}::text[])`);
      for (const patients of query.patients)
        conditions.push(`c.subject = ANY(${place(await withReplaced(tenant, patients))}::text[])`);
      for (const tokens of query.tokens) conditions.push(`c.tokens && ${place(tokens)}::bigint[]`);
      if (after) conditions.push(`(c.born, c.id) < (${place(after.born)}::bigint, ${place(after.id)}::text)`);
      const { rows } = await pool.query<FoundResource>(
        `SELECT f.type, f.id, f.version, f.born, v.body
           FROM (SELECT c.tenant, c.type, c.id, c.version, c.born FROM res_current c
                  WHERE ${conditions.join(' AND ')} ORDER BY c.born DESC, c.id DESC LIMIT ${place(count)}) f
           JOIN res_version v USING (tenant, type, id, version)
          ORDER BY f.born DESC, f.id DESC`,
        values,
      );
      return rows;
    },
  };
}
