import { createPersonGraph, type Evidence, type PersonGraph } from '@anamnesis/matching';
import type { Sql } from '@anamnesis/processing';

export interface GraphWanted {
  readonly tenant: string;
  readonly shard: number;
  /** Records that a batch is about. */
  readonly srids: readonly string[];
  /** Identifiers that a batch brings. */
  readonly hashes: readonly string[];
  /** Carriers of one identifier to load at most; beyond it the identifier links nobody whatever the batch does. */
  readonly cut: number;
}

interface RecordRow {
  srid: string;
  registered: number;
  person: string;
  evidence: Evidence[];
}

async function recordsOf(sql: Sql, tenant: string, srids: readonly string[]): Promise<RecordRow[]> {
  const { rows } = await sql.query<RecordRow>(
    `SELECT s.srid, s.registered, l.person,
            coalesce((SELECT jsonb_agg(jsonb_build_object('strength', 'strong', 'kind', e.kind, 'hash', e.hash) ORDER BY e.hash)
                        FROM evidence e WHERE e.tenant = s.tenant AND e.srid = s.srid), '[]') AS evidence
       FROM source_record s JOIN link l USING (tenant, srid)
      WHERE s.tenant = $1 AND s.srid = ANY($2)`,
    [tenant, srids],
  );
  return rows;
}

async function carriersOf(
  sql: Sql,
  tenant: string,
  hashes: readonly string[],
  cut: number,
): Promise<{ hash: string; srids: string[] }[]> {
  const { rows } = await sql.query<{ hash: string; srids: string[] }>(
    `SELECT asked.hash, array_agg(found.srid) AS srids
       FROM unnest($2::text[]) AS asked (hash)
      CROSS JOIN LATERAL (SELECT e.srid FROM evidence e WHERE e.tenant = $1 AND e.hash = asked.hash LIMIT $3) AS found
      GROUP BY asked.hash`,
    [tenant, hashes, cut],
  );
  return rows;
}

async function mergesOf(
  sql: Sql,
  tenant: string,
  srids: readonly string[],
): Promise<{ replaced: string; survivor: string }[]> {
  const { rows } = await sql.query<{ replaced: string; survivor: string }>(
    `SELECT replaced, survivor FROM source_merge WHERE tenant = $1 AND replaced = ANY($2)
     UNION SELECT replaced, survivor FROM source_merge WHERE tenant = $1 AND survivor = ANY($2)`,
    [tenant, srids],
  );
  return rows;
}

/**
 * Loads what a batch may touch: the records it names, whoever shares an identifier or a merge with them, whoever
 * shares with those, until nothing new is found; three statements per round, and two rounds for nearly every batch.
 * Carriers of a crowded identifier are counted, not followed.
 */
export async function loadGraph(sql: Sql, wanted: GraphWanted): Promise<PersonGraph> {
  const { tenant, shard, cut } = wanted;
  const epoch = await sql.query<{ epoch: number }>('SELECT epoch FROM link_epoch WHERE shard = $1', [shard]);
  const graph = createPersonGraph(epoch.rows[0]?.epoch ?? 0);
  const followed = new Set<string>();
  const asked = new Set<string>();
  let srids = [...new Set(wanted.srids)];
  let hashes = [...new Set(wanted.hashes)];
  while (srids.length > 0 || hashes.length > 0) {
    const next = { srids: new Set<string>(), hashes: new Set<string>() };
    for (const srid of srids) followed.add(srid);
    for (const hash of hashes) asked.add(hash);
    const carriers = hashes.length === 0 ? [] : await carriersOf(sql, tenant, hashes, cut);
    const crowd = carriers.filter(one => one.srids.length >= cut).flatMap(one => one.srids);
    for (const one of carriers)
      if (one.srids.length < cut) for (const srid of one.srids) next.srids.add(srid);
    const rows = await recordsOf(sql, tenant, [...srids, ...crowd]);
    for (const row of rows) {
      graph.setRecord(row);
      if (followed.has(row.srid)) for (const { hash } of row.evidence) next.hashes.add(hash);
    }
    for (const merge of srids.length === 0 ? [] : await mergesOf(sql, tenant, srids)) {
      graph.addMerge(merge);
      next.srids.add(merge.replaced).add(merge.survivor);
    }
    srids = [...next.srids].filter(srid => !followed.has(srid));
    hashes = [...next.hashes].filter(hash => !asked.has(hash));
  }
  return graph;
}
