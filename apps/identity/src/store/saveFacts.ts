import type { IdentityFact, LinkAsserted, Evidence } from '@anamnesis/matching';
import type { Sql } from '@anamnesis/processing';

/** The facts of one decision and where it stands. */
export interface DecidedFacts {
  readonly tenant: string;
  readonly shard: number;
  readonly seq: number;
  readonly facts: readonly IdentityFact[];
}

interface Rows {
  readonly registered: Map<string, { tenant: string; srid: string; seq: number }>;
  readonly evidence: Map<string, { tenant: string; srid: string; evidence: readonly Evidence[] }>;
  readonly links: Map<string, LinkAsserted & { tenant: string }>;
  readonly merges: { tenant: string; replaced: string; survivor: string; epoch: number }[];
  readonly epochs: Map<number, number>;
}

/** The rows that a run of decisions leaves: of several facts about one record the last one counts. */
function rowsOf(decided: readonly DecidedFacts[]): Rows {
  const rows: Rows = {
    registered: new Map(),
    evidence: new Map(),
    links: new Map(),
    merges: [],
    epochs: new Map(),
  };
  for (const { tenant, shard, seq, facts } of decided)
    for (const fact of facts) {
      if (fact.fact === 'persons-merged') continue;
      const slot = `${tenant} ${fact.srid}`;
      if (fact.fact === 'link-asserted') {
        rows.links.set(slot, { ...fact, tenant });
        rows.epochs.set(shard, fact.epoch);
        const [survivor] = fact.evidence;
        if (fact.basis === 'source-merge' && survivor !== undefined)
          rows.merges.push({ tenant, replaced: fact.srid, survivor, epoch: fact.epoch });
        continue;
      }
      if (fact.fact === 'source-record-registered')
        rows.registered.set(slot, { tenant, srid: fact.srid, seq });
      rows.evidence.set(slot, { tenant, srid: fact.srid, evidence: fact.evidence });
    }
  return rows;
}

async function saveEvidence(sql: Sql, changed: Rows['evidence']): Promise<void> {
  const records = [...changed.values()];
  if (records.length === 0) return;
  await sql.query(
    `DELETE FROM evidence e USING unnest($1::text[], $2::text[]) AS changed (tenant, srid)
      WHERE e.tenant = changed.tenant AND e.srid = changed.srid`,
    [records.map(r => r.tenant), records.map(r => r.srid)],
  );
  const rows = records.flatMap(({ tenant, srid, evidence }) =>
    evidence.map(({ hash, kind }) => ({ tenant, srid, hash, kind })),
  );
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO evidence (tenant, srid, hash, kind) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
    [rows.map(r => r.tenant), rows.map(r => r.srid), rows.map(r => r.hash), rows.map(r => r.kind)],
  );
}

/** Writes the state that follows from decisions: in the deciding transaction, and in a rebuild. */
export async function saveFacts(sql: Sql, decided: readonly DecidedFacts[]): Promise<void> {
  const { registered, evidence, links, merges, epochs } = rowsOf(decided);
  const fresh = [...registered.values()];
  if (fresh.length > 0)
    await sql.query(
      `INSERT INTO source_record (tenant, srid, registered) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])`,
      [fresh.map(r => r.tenant), fresh.map(r => r.srid), fresh.map(r => r.seq)],
    );
  await saveEvidence(sql, evidence);
  const moved = [...links.values()];
  if (moved.length > 0)
    await sql.query(
      `INSERT INTO link (tenant, srid, person, epoch, basis)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
       ON CONFLICT (tenant, srid) DO UPDATE SET person = excluded.person, epoch = excluded.epoch, basis = excluded.basis`,
      [
        moved.map(l => l.tenant),
        moved.map(l => l.srid),
        moved.map(l => l.person),
        moved.map(l => l.epoch),
        moved.map(l => l.basis),
      ],
    );
  if (merges.length > 0)
    await sql.query(
      `INSERT INTO source_merge (tenant, replaced, survivor, epoch)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])`,
      [
        merges.map(m => m.tenant),
        merges.map(m => m.replaced),
        merges.map(m => m.survivor),
        merges.map(m => m.epoch),
      ],
    );
  for (const [shard, epoch] of epochs)
    await sql.query(
      `INSERT INTO link_epoch (shard, epoch) VALUES ($1, $2) ON CONFLICT (shard) DO UPDATE SET epoch = excluded.epoch`,
      [shard, epoch],
    );
}
