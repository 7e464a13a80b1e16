import type pg from 'pg';
import { derivedId, type WorkflowDecidedV1 } from '@anamnesis/contracts';
import type { IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import type { Keyring, RandomBytes } from '@anamnesis/keys';
import { instant, type ProcessDecision } from '@anamnesis/process';
import {
  createDecider,
  encodeEvent,
  type DecidedBatch,
  type DecisionRow,
  type DecodedEvent,
  type Lanes,
  type Processor,
  type ShardClock,
  type Sql,
} from '@anamnesis/processing';
import type { Definitions } from '../definitions.js';
import { decider, deciderName, eventsTopic, logTopic, service } from '../names.js';
import { openCaseBook, type CaseBook } from './caseBook.js';
import { decideIntent } from './decideIntent.js';
import { intentOf, wantedBy, type Intent } from './intent.js';

export interface WorkflowDeciderOptions {
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  readonly lanes: Lanes;
  readonly random: RandomBytes;
  readonly definitions: Definitions;
  readonly idKey: (tenant: string) => Uint8Array;
  readonly onDecided?: (decisions: readonly DecisionRow[]) => void;
  readonly onUnreadable?: (code: string, record: IncomingRecord) => void;
}

/** What a waiting request learns; the task itself it reads from the state. */
export interface CommandResponse {
  readonly code?: string;
}

/** HTTP intents carry no position to fall by: a repeated one is known by its decision. */
async function alreadyDecided(sql: Sql, intents: readonly Intent[]): Promise<Set<string>> {
  const ids = intents.flatMap(intent => (intent.kind === 'command' ? [intent.attributes.id] : []));
  if (ids.length === 0) return new Set();
  const { rows } = await sql.query<{ intent_id: string }>(
    'SELECT intent_id FROM decision WHERE intent_id = ANY($1)',
    [ids],
  );
  return new Set(rows.map(row => row.intent_id));
}

function decidedOf(
  { attributes }: Intent,
  { outcome, code, facts }: ProcessDecision,
  { seq, at, book }: { seq: number; at: string; book: CaseBook },
): WorkflowDecidedV1 {
  const reads = [...new Set(facts.map(fact => fact.caseId))].flatMap(id => {
    const version = book.byId(id)?.version;
    return version === undefined ? [] : [{ kind: 'case', id, version }];
  });
  return {
    intentId: attributes.id,
    intentType: attributes.type,
    seq,
    outcome,
    ...(code === undefined ? {} : { code }),
    decider,
    decidedAt: at,
    facts: [...facts],
    reads,
  };
}

/** Workflow's decider over `workflow.log`: causes, commands and clocks in one order. */
export function createWorkflowDecider(options: WorkflowDeciderOptions): Processor {
  const { pool, keyring, lanes, random, definitions, idKey, onUnreadable } = options;

  /** Decisions are pseudonymous and in clear, but for a note: a person may have written anything into it. */
  const publish = (intent: Intent, decided: WorkflowDecidedV1, shard: number): OutgoingRecord => {
    const { attributes } = intent;
    const { tenant, plan, replayId } = attributes;
    const key = String(shard);
    const id = derivedId(idKey(tenant), 'event', [
      attributes.id,
      'workflow.decided',
      plan ?? '',
      replayId ?? '',
      '0',
    ]);
    const noted = decided.facts.some(fact => fact.fact === 'task-completed' && fact.note !== undefined);
    const task = decided.facts.find(fact => fact.fact === 'task-created');
    return encodeEvent(
      {
        id,
        source: service,
        type: 'workflow.decided.v1',
        time: decided.decidedAt,
        subject: attributes.subject,
        partitionKey: key,
        tenant,
        srid: attributes.srid,
        correlationId: attributes.correlationId,
        causationId: attributes.id,
        plan,
        replayId,
        traceparent: attributes.traceparent,
        facts: {
          outcome: decided.outcome,
          ...(decided.code === undefined ? {} : { code: decided.code }),
          ...(task ? { task: task.task } : {}),
        },
      },
      decided,
      {
        topic: eventsTopic,
        partition: shard,
        key,
        dataKey: noted ? keyring.shared(tenant, id) : undefined,
        random,
      },
    );
  };

  const decide = async (
    sql: Sql,
    events: readonly DecodedEvent[],
    { shard, clock }: { shard: number; clock: ShardClock },
  ): Promise<DecidedBatch> => {
    const intents = events.flatMap(event => {
      if (!event.readable) onUnreadable?.(event.code, event.record);
      const intent = intentOf(event);
      return intent ? [intent] : [];
    });
    const known = await alreadyDecided(sql, intents);
    const books = new Map<string, CaseBook>();
    for (const tenant of new Set(intents.map(intent => intent.attributes.tenant))) {
      const own = intents.filter(intent => intent.attributes.tenant === tenant);
      books.set(tenant, await openCaseBook(sql, tenant, wantedBy(own, definitions, idKey(tenant))));
    }
    const outputs: OutgoingRecord[] = [];
    const decisions: DecisionRow[] = [];
    let { seq, time } = clock;
    for (const intent of intents) {
      const { attributes, record } = intent;
      if (intent.kind === 'command' && known.has(attributes.id)) continue;
      known.add(attributes.id);
      seq += 1;
      time = Math.max(time, record.appendTime);
      const at = instant(time);
      const book = books.get(attributes.tenant) as CaseBook;
      const decision = decideIntent(book, intent, {
        definitions,
        idKey: idKey(attributes.tenant),
        now: time,
      });
      outputs.push(publish(intent, decidedOf(intent, decision, { seq, at, book }), shard));
      if (decision.facts.length > 0) book.take(decision.facts, at);
      if (intent.kind === 'command') {
        const response: CommandResponse = decision.code === undefined ? {} : { code: decision.code };
        decisions.push({ intentId: attributes.id, seq, outcome: decision.outcome, response });
      }
    }
    for (const book of books.values()) await book.save(sql);
    return { outputs, clock: { seq, time }, decisions };
  };

  return createDecider({
    name: deciderName,
    logTopic,
    pool,
    keyring,
    lanes,
    decide,
    onDecided: options.onDecided,
  });
}
