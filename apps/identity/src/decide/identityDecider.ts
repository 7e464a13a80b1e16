import type pg from 'pg';
import { derivedId, type IdentityDecidedV1 } from '@anamnesis/contracts';
import type { PolicySet } from '@anamnesis/consent';
import type { IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import type { Keyring, RandomBytes } from '@anamnesis/keys';
import { decideLink, type EvidencePolicy, type LinkDecision, type PersonGraph } from '@anamnesis/matching';
import {
  createDecider,
  type DecidedBatch,
  type DecodedEvent,
  type Lanes,
  type Processor,
  type ShardClock,
  type Sql,
} from '@anamnesis/processing';
import { decider, deciderName, logTopic } from '../names.js';
import { keysOf } from '../sealing.js';
import { loadGraph } from '../store/loadGraph.js';
import { announcePolicySet } from '../store/policySets.js';
import { saveFacts, type DecidedFacts } from '../store/saveFacts.js';
import { intentOf, namedBy, type Intent } from './intent.js';
import { decisionOutputs, policySetOutput, watermarkOutputs, type Publication } from './publication.js';

export interface IdentityDeciderOptions {
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  readonly lanes: Lanes;
  readonly random: RandomBytes;
  readonly policy: EvidencePolicy;
  readonly policySet: PolicySet;
  readonly idKey: (tenant: string) => Uint8Array;
  /** Told of intents that could not be read. */
  readonly onUnreadable?: (code: string, record: IncomingRecord) => void;
}

function decidedOf(
  intent: Intent,
  { outcome, code, facts }: Omit<LinkDecision, 'code'> & { code?: string },
  seq: number,
): IdentityDecidedV1 {
  const read =
    intent.kind === 'observed' && intent.observed.kind === 'patient' && intent.version !== undefined
      ? [{ kind: 'Patient', id: intent.observed.srid, version: intent.version }]
      : [];
  return {
    intentId: intent.attributes.id,
    intentType: intent.attributes.type,
    seq,
    outcome,
    ...(code === undefined ? {} : { code }),
    decider,
    decidedAt: new Date(intent.record.appendTime).toISOString(),
    facts: [...facts],
    reads: read,
  };
}

/** Identity's decider over `identity.log`: who is who, and the watermarks of its two streams. */
export function createIdentityDecider(options: IdentityDeciderOptions): Processor {
  const { pool, keyring, lanes, random, policy, policySet, idKey, onUnreadable } = options;

  const graphsOf = async (
    sql: Sql,
    intents: readonly Intent[],
    shard: number,
  ): Promise<Map<string, PersonGraph>> => {
    const graphs = new Map<string, PersonGraph>();
    for (const tenant of new Set(intents.map(intent => intent.attributes.tenant))) {
      const own = intents.filter(intent => intent.attributes.tenant === tenant);
      const cut = policy.maximumCarriers + own.length + 2;
      graphs.set(tenant, await loadGraph(sql, { tenant, shard, ...namedBy(own), cut }));
    }
    return graphs;
  };

  const decide = async (
    sql: Sql,
    events: readonly DecodedEvent[],
    { shard, clock }: { shard: number; clock: ShardClock },
  ): Promise<DecidedBatch> => {
    const intents = events.flatMap(event => {
      if (!event.readable) onUnreadable?.(event.code, event.record);
      const intent = intentOf(event, idKey, policy);
      return intent ? [intent] : [];
    });
    const graphs = await graphsOf(sql, intents, shard);
    const keyOf = await keysOf(
      intents.filter(intent => intent.kind === 'observed').map(intent => intent.attributes),
      keyring,
    );
    const outputs: OutgoingRecord[] = [];
    const saved: DecidedFacts[] = [];
    let { seq, time } = clock;
    for (const intent of intents) {
      const { attributes, record } = intent;
      const { tenant } = attributes;
      const graph = graphs.get(tenant) as PersonGraph;
      const tenantKey = idKey(tenant);
      time = Math.max(time, record.appendTime);
      const to: Publication = {
        intent: attributes,
        shard,
        idKey: tenantKey,
        time,
        keyFor: eventId => (intent.kind === 'observed' ? keyOf(attributes, eventId) : undefined),
        random,
      };
      if (intent.kind === 'watermark') {
        if (await announcePolicySet(sql, shard, policySet.hash)) outputs.push(policySetOutput(policySet, to));
        const appended = new Date(record.appendTime).toISOString();
        outputs.push(...watermarkOutputs(intent.at < appended ? intent.at : appended, graph.epoch, to));
        continue;
      }
      seq += 1;
      const decision =
        intent.kind === 'observed'
          ? decideLink(graph, intent.observed, {
              seq,
              personOf: srid => derivedId(tenantKey, 'person', [srid]),
              maximumCarriers: policy.maximumCarriers,
            })
          : { outcome: 'rejected' as const, code: intent.code, facts: [] };
      saved.push({ tenant, shard, seq, facts: decision.facts });
      outputs.push(...decisionOutputs(decidedOf(intent, decision, seq), to));
    }
    await saveFacts(sql, saved);
    return { outputs, clock: { seq, time }, decisions: [] };
  };

  return createDecider({ name: deciderName, logTopic, pool, keyring, lanes, decide });
}
