import { readFile } from 'node:fs/promises';
import type { IdentityDecidedV1 } from '@anamnesis/contracts';
import type { ServiceContext } from '@anamnesis/service';
import { decodeBatch, inScratchSchema, liveState, tableHash, type DecodedEvent } from '@anamnesis/processing';
import { deciderName, eventsTopic, logTopic } from '../names.js';
import { saveFacts, type DecidedFacts } from '../store/saveFacts.js';

export interface RebuildResult {
  readonly projection: 'identity';
  readonly live: string;
  readonly rebuilt: string;
  readonly equal: boolean;
  /** Decisions folded. */
  readonly events: number;
  /** True when every decision that the live state holds was found in the log. */
  readonly complete: boolean;
}

const tables = ['source_record', 'evidence', 'link', 'source_merge', 'link_epoch'];
const migration = new URL('../migrations/0001_identity.sql', import.meta.url);

/** Drops what the lane sent twice, and what lies behind the live state. */
function fresh(
  events: readonly DecodedEvent[],
  seen: Map<number, number>,
  upTo: ReadonlyMap<number, number>,
): DecidedFacts[] {
  return events.flatMap(decoded => {
    if (!decoded.readable || decoded.event.attributes.type !== 'identity.decided.v1') return [];
    const { record, attributes, payload } = decoded.event;
    const { seq, facts } = payload as IdentityDecidedV1;
    const shard = record.partition;
    if (seq <= (seen.get(shard) ?? 0) || seq > (upTo.get(shard) ?? 0)) return [];
    seen.set(shard, seq);
    return [{ tenant: attributes.tenant, shard, seq, facts }];
  });
}

/**
 * Folds `identity.events` into a schema of its own, up to where the live tables stand, and compares the hashes.
 * Nothing is decided again.
 */
export async function rebuildIdentity({
  pool,
  inspector,
  keyring,
}: Pick<ServiceContext, 'pool' | 'inspector' | 'keyring'>): Promise<RebuildResult> {
  const live = await liveState(pool, { decider: deciderName, logTopic, tables });
  const name = 'rebuild_identity';
  return inScratchSchema(pool, { name, migration: await readFile(migration, 'utf8') }, async sql => {
    const seen = new Map<number, number>();
    let events = 0;
    await inspector.readAll(eventsTopic, `${deciderName}.rebuild`, async records => {
      const decided = fresh(await decodeBatch(records, keyring), seen, live.seqs);
      events += decided.length;
      await saveFacts(sql, decided);
    });
    const rebuilt = await tableHash(sql, tables);
    return {
      projection: 'identity',
      live: live.hash,
      rebuilt,
      equal: live.hash === rebuilt,
      events,
      complete: [...live.seqs].every(([shard, seq]) => (seen.get(shard) ?? 0) === seq),
    };
  });
}
