import { readFile } from 'node:fs/promises';
import type { WorkflowDecidedV1 } from '@anamnesis/contracts';
import { decodeBatch, inScratchSchema, liveState, tableHash, type DecodedEvent } from '@anamnesis/processing';
import type { ServiceContext } from '@anamnesis/service';
import { openCaseBook, type CaseBook } from '../decide/caseBook.js';
import { deciderName, eventsTopic, logTopic } from '../names.js';

export interface RebuildResult {
  readonly projection: 'workflow';
  readonly live: string;
  readonly rebuilt: string;
  readonly equal: boolean;
  /** Decisions folded. */
  readonly events: number;
  /** True when every decision that the live state holds was found in the log. */
  readonly complete: boolean;
}

const tables = ['workflow_case', 'task', 'timer', 'case_item'];
const migration = new URL('../migrations/0001_workflow.sql', import.meta.url);

interface Decided {
  readonly tenant: string;
  readonly payload: WorkflowDecidedV1;
}

/** Drops what the lane sent twice, and what lies behind the live state. */
function fresh(
  events: readonly DecodedEvent[],
  seen: Map<number, number>,
  upTo: ReadonlyMap<number, number>,
): Decided[] {
  return events.flatMap(decoded => {
    if (!decoded.readable || decoded.event.attributes.type !== 'workflow.decided.v1') return [];
    const { record, attributes } = decoded.event;
    const payload = decoded.event.payload as WorkflowDecidedV1;
    const shard = record.partition;
    if (payload.seq <= (seen.get(shard) ?? 0) || payload.seq > (upTo.get(shard) ?? 0)) return [];
    seen.set(shard, payload.seq);
    return [{ tenant: attributes.tenant, payload }];
  });
}

/**
 * Folds `workflow.events` into a schema of its own, up to where the live tables stand, and compares the hashes.
 * Nothing is decided again and no definition is read.
 */
export async function rebuildWorkflow({
  pool,
  inspector,
  keyring,
}: Pick<ServiceContext, 'pool' | 'inspector' | 'keyring'>): Promise<RebuildResult> {
  const live = await liveState(pool, { decider: deciderName, logTopic, tables });
  const name = 'rebuild_workflow';
  return inScratchSchema(pool, { name, migration: await readFile(migration, 'utf8') }, async sql => {
    const seen = new Map<number, number>();
    let events = 0;
    await inspector.readAll(eventsTopic, `${deciderName}.rebuild`, async records => {
      const decided = fresh(await decodeBatch(records, keyring), seen, live.seqs);
      events += decided.length;
      for (const tenant of new Set(decided.map(one => one.tenant))) {
        const own = decided.filter(one => one.tenant === tenant).map(one => one.payload);
        const caseIds = own.flatMap(({ facts }) => facts.map(fact => fact.caseId));
        const wanted = { caseIds: [...new Set(caseIds)], tasks: [], keys: [], itemIds: [] };
        const book: CaseBook = await openCaseBook(sql, tenant, wanted);
        for (const { facts, decidedAt } of own) if (facts.length > 0) book.take(facts, decidedAt);
        await book.save(sql);
      }
    });
    const rebuilt = await tableHash(sql, tables);
    return {
      projection: 'workflow',
      live: live.hash,
      rebuilt,
      equal: live.hash === rebuilt,
      events,
      complete: [...live.seqs].every(([shard, seq]) => (seen.get(shard) ?? 0) === seq),
    };
  });
}
