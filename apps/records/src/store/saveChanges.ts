import type { Sql } from '@anamnesis/processing';
import type { Changes, NewVersion } from '../decide/evolve.js';
import { keyOf, recordKey } from '../decide/types.js';
import { tokensOf } from './tokens.js';

/**
 * Columns travel as one text each, cut at line feeds by Postgres: no id, number or JSON text holds a raw one, so
 * nothing has to be escaped here or unescaped there. An empty text is null.
 */
const lines = (values: readonly unknown[]): string => values.join('\n');

const asText = (n: number): string => `string_to_array($${n}, E'\\n')`;
const asNumbers = (n: number, type: 'int' | 'bigint'): string =>
  `string_to_array($${n}, E'\\n', '')::${type}[]`;

/**
 * Versions are appended and current rows moved in one statement; bodies travel once. `born` stays what the first
 * insert made it.
 */
const saveVersionsText = `WITH appended AS (
    INSERT INTO res_version (tenant, type, id, version, seq, body_hash, body)
    SELECT * FROM unnest(${asText(1)}, ${asText(2)}, ${asText(3)}, ${asNumbers(4, 'int')}, ${asNumbers(5, 'bigint')},
                         ${asText(6)}, ${asText(7)}))
  INSERT INTO res_current AS c (tenant, type, id, version, seq, born, subject, effective, status_rank, body_hash, tokens)
  SELECT tenant, type, id, version, seq, born, coalesce(subject, ''), effective, status_rank, body_hash, tokens::bigint[]
    FROM unnest(${asText(8)}, ${asText(9)}, ${asText(10)}, ${asNumbers(11, 'int')}, ${asNumbers(12, 'bigint')},
                ${asNumbers(13, 'bigint')}, ${asText(14)}, ${asNumbers(15, 'bigint')}, ${asNumbers(16, 'int')},
                ${asText(17)}, ${asText(18)})
      AS r (tenant, type, id, version, seq, born, subject, effective, status_rank, body_hash, tokens)
  ON CONFLICT (tenant, type, id) DO UPDATE
    SET version = excluded.version, seq = excluded.seq, subject = excluded.subject, effective = excluded.effective,
        status_rank = excluded.status_rank, body_hash = excluded.body_hash, tokens = excluded.tokens`;

async function saveVersions(sql: Sql, versions: readonly NewVersion[]): Promise<void> {
  // The last version of a resource in the batch is its current one.
  const last = new Map<string, NewVersion>();
  for (const version of versions) {
    const key = keyOf(version.tenant, version.type, version.id);
    const before = last.get(key);
    last.set(key, before ? { ...version, born: before.born } : version);
  }
  const current = [...last.values()];
  await sql.query({
    name: 'save-versions',
    text: saveVersionsText,
    values: [
      lines(versions.map(v => v.tenant)),
      lines(versions.map(v => v.type)),
      lines(versions.map(v => v.id)),
      lines(versions.map(v => v.version)),
      lines(versions.map(v => v.seq)),
      lines(versions.map(v => v.bodyHash)),
      lines(versions.map(v => JSON.stringify(v.body))),
      lines(current.map(v => v.tenant)),
      lines(current.map(v => v.type)),
      lines(current.map(v => v.id)),
      lines(current.map(v => v.version)),
      lines(current.map(v => v.seq)),
      lines(current.map(v => v.born)),
      lines(current.map(v => v.subject)),
      lines(current.map(v => v.effective)),
      lines(current.map(v => v.rank)),
      lines(current.map(v => v.bodyHash)),
      lines(current.map(v => tokensOf(v.tenant, v.type, v.body))),
    ],
  });
}

async function saveMerges(sql: Sql, merges: readonly NonNullable<Changes['merged']>[]): Promise<void> {
  await sql.query(
    'INSERT INTO merged (tenant, replaced, survivor) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])',
    [merges.map(m => m.tenant), merges.map(m => m.replaced), merges.map(m => m.survivor)],
  );
}

/** Confirmations follow the versions, so that a version of the same batch is there to be confirmed. */
async function saveConfirmed(sql: Sql, confirmed: Changes['confirmed']): Promise<void> {
  const newest = new Map<string, Changes['confirmed'][number]>();
  for (const one of confirmed) {
    const key = keyOf(one.tenant, one.type, one.id);
    if ((newest.get(key)?.effective ?? -Infinity) < one.effective) newest.set(key, one);
  }
  const rows = [...newest.values()];
  await sql.query(
    `UPDATE res_current c SET effective = greatest(c.effective, n.effective)
       FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS n (tenant, type, id, effective)
      CROSS JOIN LATERAL (SELECT ctid FROM res_current WHERE tenant = n.tenant AND type = n.type AND id = n.id LIMIT 1) AS at
      WHERE c.ctid = at.ctid`,
    [rows.map(r => r.tenant), rows.map(r => r.type), rows.map(r => r.id), rows.map(r => r.effective)],
  );
}

/** A message's parts in the order of decision: a part may follow the settling of its message in the same batch. */
async function savePending(sql: Sql, changes: readonly Changes[]): Promise<void> {
  const messages = new Map<
    string,
    { tenant: string; correlationId: string; settled: boolean; parts: Set<number> }
  >();
  for (const { waiting, settled } of changes) {
    const about = waiting ?? settled;
    if (!about) continue;
    const { tenant, correlationId } = about;
    const key = recordKey(tenant, correlationId);
    const message = messages.get(key) ?? { tenant, correlationId, settled: false, parts: new Set<number>() };
    messages.set(key, message);
    if (waiting) message.parts.add(waiting.n);
    else {
      message.settled = true;
      message.parts.clear();
    }
  }
  const settled = [...messages.values()].filter(message => message.settled);
  const waiting = [...messages.values()].flatMap(m => [...m.parts].map(n => ({ ...m, n })));
  if (settled.length > 0)
    await sql.query(
      `DELETE FROM pending_part p USING unnest($1::text[], $2::text[]) AS s (tenant, correlation_id)
        WHERE p.tenant = s.tenant AND p.correlation_id = s.correlation_id`,
      [settled.map(s => s.tenant), settled.map(s => s.correlationId)],
    );
  if (waiting.length > 0)
    await sql.query(
      `INSERT INTO pending_part (tenant, correlation_id, n)
       SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) ON CONFLICT DO NOTHING`,
      [waiting.map(w => w.tenant), waiting.map(w => w.correlationId), waiting.map(w => w.n)],
    );
}

/** Writes the changes of a batch, in the order of decision. One statement in the common case. */
export async function saveChanges(sql: Sql, changes: readonly Changes[]): Promise<void> {
  const versions = changes.flatMap(change => change.versions);
  if (versions.length > 0) await saveVersions(sql, versions);
  const confirmed = changes.flatMap(change => change.confirmed);
  if (confirmed.length > 0) await saveConfirmed(sql, confirmed);
  const merges = changes.flatMap(change => (change.merged ? [change.merged] : []));
  if (merges.length > 0) await saveMerges(sql, merges);
  if (changes.some(change => change.waiting ?? change.settled)) await savePending(sql, changes);
}
