import type { Sql } from '@anamnesis/processing';
import { emptyState, keyOf, recordKey, type RecordsState, type Resource } from '../decide/types.js';
import type { ShardCache } from './stateCache.js';

/** What the decisions of one batch will look at. */
export interface Wanted {
  readonly resources: readonly WantedResource[];
  readonly tenants: ReadonlySet<string>;
  /** Messages in several parts. */
  readonly messages: readonly { readonly tenant: string; readonly correlationId: string }[];
}

export interface WantedResource {
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
  /** True when the decision compares or extends content. */
  readonly withBody: boolean;
}

interface CurrentRow {
  tenant: string;
  type: string;
  id: string;
  version: number;
  seq: number;
  born: number;
  subject: string;
  effective: number | null;
  status_rank: number | null;
  body_hash: string;
  body: string | null;
}

/**
 * Rows of the named resources in one query; ids are hashes, so the primary key is probed, never scanned. The limits
 * keep the planner from joining whole tables, and the statement has no name: a plan made while the tables were empty
 * would be kept, and reads them from end to end once per batch.
 */
async function loadCurrent(sql: Sql, wanted: readonly WantedResource[], state: RecordsState): Promise<void> {
  const { rows } = await sql.query<CurrentRow>({
    text: `SELECT c.tenant, c.type, c.id, c.version, c.seq, c.born, c.subject, c.effective, c.status_rank, c.body_hash, v.body
       FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[]) AS w (tenant, type, id, with_body)
       CROSS JOIN LATERAL (SELECT * FROM res_current WHERE tenant = w.tenant AND type = w.type AND id = w.id LIMIT 1) AS c
       LEFT JOIN LATERAL (SELECT body FROM res_version WHERE w.with_body AND tenant = w.tenant AND type = w.type AND id = w.id
                             AND version = c.version LIMIT 1) AS v ON true`,
    values: [
      wanted.map(w => w.tenant),
      wanted.map(w => w.type),
      wanted.map(w => w.id),
      wanted.map(w => w.withBody),
    ],
  });
  for (const row of rows)
    state.current.set(keyOf(row.tenant, row.type, row.id), {
      tenant: row.tenant,
      type: row.type,
      id: row.id,
      version: row.version,
      seq: row.seq,
      born: row.born,
      subject: row.subject,
      effective: row.effective ?? undefined,
      rank: row.status_rank ?? undefined,
      bodyHash: row.body_hash,
      ...(row.body === null ? {} : { body: JSON.parse(row.body) as Resource }),
    });
}

/** Merges of a tenant, read once per ownership of its shard. */
async function loadMerges(sql: Sql, tenants: readonly string[], cache: ShardCache): Promise<void> {
  const { rows } = await sql.query<{ tenant: string; replaced: string; survivor: string }>(
    'SELECT tenant, replaced, survivor FROM merged WHERE tenant = ANY($1)',
    [tenants],
  );
  for (const { tenant, replaced, survivor } of rows) cache.merged.set(recordKey(tenant, replaced), survivor);
  for (const tenant of tenants) cache.tenantsWithMerges.add(tenant);
}

async function loadPending(sql: Sql, messages: Wanted['messages'], state: RecordsState): Promise<void> {
  const { rows } = await sql.query<{ tenant: string; correlation_id: string; n: number }>(
    `SELECT p.tenant, p.correlation_id, p.n
       FROM unnest($1::text[], $2::text[]) AS m (tenant, correlation_id) JOIN pending_part p USING (tenant, correlation_id)`,
    [messages.map(m => m.tenant), messages.map(m => m.correlationId)],
  );
  for (const { tenant, correlation_id, n } of rows) {
    const key = recordKey(tenant, correlation_id);
    state.pending.set(key, new Set([...(state.pending.get(key) ?? []), n]));
  }
}

/**
 * The state that a batch is decided on: from memory where the shard's cache has it, the rest in one query.
 * Merges and parts of messages cost a query only when a tenant is new or a message in parts is there.
 */
export async function loadState(sql: Sql, wanted: Wanted, cache: ShardCache): Promise<RecordsState> {
  const state: RecordsState = { ...emptyState(), merged: cache.merged };
  const missing = new Map<string, WantedResource>();
  for (const one of wanted.resources) {
    const key = keyOf(one.tenant, one.type, one.id);
    const cached = cache.current.get(key);
    if (cached && (cached.body || !one.withBody)) state.current.set(key, cached);
    else if (!missing.get(key)?.withBody) missing.set(key, one);
  }
  if (missing.size > 0) await loadCurrent(sql, [...missing.values()], state);
  const tenants = [...wanted.tenants].filter(tenant => !cache.tenantsWithMerges.has(tenant));
  if (tenants.length > 0) await loadMerges(sql, tenants, cache);
  if (wanted.messages.length > 0) await loadPending(sql, wanted.messages, state);
  return state;
}
