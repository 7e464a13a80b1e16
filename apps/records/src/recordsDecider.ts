import type pg from 'pg';
import type {
  EventAttributes,
  RecordsBundleSubmittedV1,
  RecordsWriteRequestedV1,
} from '@anamnesis/contracts';
import type { IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import { keyFor, type DataKey, type Keyring, type RandomBytes } from '@anamnesis/keys';
import {
  createDecider,
  type DecidedBatch,
  type DecisionRow,
  type DecodedEvent,
  type Lanes,
  type Processor,
  type ShardClock,
  type Sql,
} from '@anamnesis/processing';
import { decideBundle } from './decide/bundle.js';
import { changesOf, evolve, type Changes } from './decide/evolve.js';
import { decider, type Decision, type DecisionContext, type RecordsState } from './decide/types.js';
import { decideWrite, subjectOf } from './decide/write.js';
import { decisionEvent, decisionEventId, rejectionEvent } from './decisionEvent.js';
import { requestHash, type WriteResponse } from './http/writeResponse.js';
import { loadState, type Wanted, type WantedResource } from './store/loadState.js';
import { saveChanges } from './store/saveChanges.js';
import { createStateCache, remember, type ShardCache } from './store/stateCache.js';

export const logTopic = 'records.log';
export const deciderName = 'records';

export interface RecordsDeciderOptions {
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  readonly lanes: Lanes;
  readonly random: RandomBytes;
  /** Id key of a tenant; raises for an unknown one. */
  readonly idKey: (tenant: string) => Uint8Array;
  readonly onDecided?: (decisions: readonly DecisionRow[]) => void;
  /** Told of intents whose content was erased, and of records without readable headers. */
  readonly onUnreadable?: (code: string, record: IncomingRecord) => void;
}

/** An intent of the batch as the decider sees it. */
type Intent = { readonly record: IncomingRecord; readonly attributes: EventAttributes } & (
  | { readonly kind: 'bundle'; readonly payload: RecordsBundleSubmittedV1 }
  | { readonly kind: 'write'; readonly payload: RecordsWriteRequestedV1 }
  | { readonly kind: 'unreadable'; readonly code: 'erased' | 'undecodable' }
);

function intentOf(decoded: DecodedEvent): Intent | undefined {
  if (!decoded.readable) {
    const { record, attributes, code } = decoded;
    if (!attributes) return undefined;
    return { kind: 'unreadable', record, attributes, code: code === 'erased' ? 'erased' : 'undecodable' };
  }
  const { record, attributes, payload } = decoded.event;
  if (attributes.type === 'records.bundle-submitted.v1')
    return { kind: 'bundle', record, attributes, payload: payload as RecordsBundleSubmittedV1 };
  if (attributes.type === 'records.write-requested.v1')
    return { kind: 'write', record, attributes, payload: payload as RecordsWriteRequestedV1 };
  return { kind: 'unreadable', record, attributes, code: 'undecodable' };
}

function wantedOf(intents: readonly Intent[]): Wanted {
  const resources: WantedResource[] = [];
  const messages: { tenant: string; correlationId: string }[] = [];
  const tenants = new Set<string>();
  for (const intent of intents) {
    const { tenant, correlationId } = intent.attributes;
    tenants.add(tenant);
    if (intent.kind === 'bundle') {
      const { identity } = intent.payload;
      for (const { type, id } of intent.payload.resources)
        resources.push({ tenant, type, id, withBody: type === 'Patient' });
      for (const id of identity ? [identity.survivor, identity.replaced] : [])
        resources.push({ tenant, type: 'Patient', id, withBody: true });
      if (identity) messages.push({ tenant, correlationId });
    } else if (intent.kind === 'write') {
      const { type, id, resource } = intent.payload;
      if (id !== undefined) resources.push({ tenant, type, id, withBody: true });
      const subject = subjectOf(type, id ?? '', resource);
      if (subject !== '') resources.push({ tenant, type: 'Patient', id: subject, withBody: true });
    }
  }
  return { resources, tenants, messages };
}

/** HTTP intents carry no position to fall by: a repeated one is known by its decision. */
async function alreadyDecided(sql: Sql, intents: readonly Intent[]): Promise<Set<string>> {
  const ids = intents.flatMap(intent => (intent.kind === 'write' ? [intent.attributes.id] : []));
  if (ids.length === 0) return new Set();
  const { rows } = await sql.query<{ intent_id: string }>(
    'SELECT intent_id FROM decision WHERE intent_id = ANY($1)',
    [ids],
  );
  return new Set(rows.map(row => row.intent_id));
}

function undecided(
  intent: Intent & { kind: 'unreadable' },
  { seq, appended, intentId }: DecisionContext,
): Decision {
  const reason =
    intent.code === 'erased'
      ? 'The content was erased before it was decided'
      : 'The intent could not be read; nothing was filed';
  return {
    decided: {
      intentId,
      intentType: intent.attributes.type,
      seq,
      outcome: 'rejected',
      code: intent.code,
      reason,
      decider,
      decidedAt: new Date(appended).toISOString(),
      results: [],
      reads: [],
    },
    rejection: { code: intent.code, reason },
  };
}

function decide(state: RecordsState, intent: Intent, context: DecisionContext): Decision {
  if (intent.kind === 'bundle') return decideBundle(state, intent.payload, context);
  if (intent.kind === 'write') return decideWrite(state, intent.payload, context);
  return undecided(intent, context);
}

function rowOf(intent: Intent & { kind: 'write' }, { decided }: Decision, idKey: Uint8Array): DecisionRow {
  const { intentId, seq, outcome, results, code, reason } = decided;
  const main = results[0];
  const response: WriteResponse = {
    type: intent.payload.type,
    id: main?.id ?? '',
    version: main?.version ?? 0,
    action: main?.action ?? 'refused',
    subject: main?.subject ?? '',
    request: requestHash(idKey, intent.payload),
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
  };
  return { intentId, seq, outcome, response };
}

/** The record's decider over `records.log`: one transaction per batch, a handful of statements whatever its size. */
export function createRecordsDecider(options: RecordsDeciderOptions): Processor {
  const { pool, keyring, lanes, random, idKey, onUnreadable } = options;
  const cache = createStateCache();

  const dataKeys = (intents: readonly Intent[]): Promise<Map<string, DataKey | 'erased'>> =>
    keyring.forOpening(
      intents.flatMap(({ kind, attributes: { tenant, keyId, id } }) =>
        keyId === undefined || kind === 'unreadable' ? [] : [{ tenant, keyId, eventId: id }],
      ),
    );

  const decideAll = async (
    sql: Sql,
    events: readonly DecodedEvent[],
    { shard, clock }: { shard: number; clock: ShardClock },
  ): Promise<DecidedBatch> => {
    const intents = events.flatMap(event => {
      const intent = intentOf(event);
      if (!event.readable) onUnreadable?.(event.code, event.record);
      return intent ? [intent] : [];
    });
    const known = await alreadyDecided(sql, intents);
    const shardCache: ShardCache = cache.of(shard);
    const state = await loadState(sql, wantedOf(intents), shardCache);
    const keys = await dataKeys(intents);
    const outputs: OutgoingRecord[] = [];
    const decisions: DecisionRow[] = [];
    const changes: Changes[] = [];
    let { seq, time } = clock;

    for (const intent of intents) {
      const { record, attributes } = intent;
      if (intent.kind === 'write' && known.has(attributes.id)) continue;
      known.add(attributes.id);
      seq += 1;
      time = Math.max(time, record.appendTime);
      const tenantKey = idKey(attributes.tenant);
      const decision = decide(state, intent, {
        tenant: attributes.tenant,
        idKey: tenantKey,
        intentId: attributes.id,
        correlationId: attributes.correlationId,
        seq,
        appended: record.appendTime,
        time,
      });
      const change = changesOf(decision.decided, { ...attributes, part: decision.part });
      evolve(state, change);
      changes.push(change);
      const own = attributes.keyId === undefined ? undefined : keyFor(keys, attributes.keyId, attributes.id);
      const shared = own === undefined || own === 'erased' || own.id.startsWith('shared.');
      const dataKey = shared
        ? keyring.shared(attributes.tenant, decisionEventId(tenantKey, attributes))
        : own;
      const publication = { intent: attributes, shard, idKey: tenantKey, dataKey, time, random };
      outputs.push(decisionEvent(decision, publication));
      const exception = rejectionEvent(decision, record, publication);
      if (exception) outputs.push(exception);
      if (intent.kind === 'write') decisions.push(rowOf(intent, decision, tenantKey));
    }
    await saveChanges(sql, changes);
    for (const stored of state.current.values()) remember(shardCache, stored);
    return { outputs, clock: { seq, time }, decisions };
  };

  const processor = createDecider({
    name: deciderName,
    logTopic,
    pool,
    keyring,
    lanes,
    decide: decideAll,
    onDecided: options.onDecided,
    onRolledBack: shard => cache.drop(shard),
  });
  return {
    ...processor,
    disown(shard) {
      cache.drop(shard);
      processor.disown?.(shard);
    },
  };
}
