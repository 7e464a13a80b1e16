import type pg from 'pg';
import type { EventAttributes } from '@anamnesis/contracts';
import type { EventLogWriter, IncomingRecord } from '@anamnesis/event-log';
import { keyFor, type DataKey, type Keyring } from '@anamnesis/keys';
import { createStep, type DecodedEvent, type Processor } from '@anamnesis/processing';
import { planMissing, tenantUnknown } from './errors.js';
import type { LoadedPlan, Plans } from './plans.js';
import { withoutSeen, type SeenEdge, type SeenEdges } from './seenEdges.js';
import {
  inputTopic,
  parkMessage,
  translateMessage,
  type TranslatedMessage,
  type TranslationContext,
} from './translateMessage.js';

export interface TranslateStepOptions {
  readonly pool: pg.Pool;
  readonly writer: EventLogWriter;
  readonly keyring: Keyring;
  readonly plans: Plans;
  readonly seen: SeenEdges;
  /** Id key of a tenant; undefined for a tenant of another cell. */
  readonly idKeyOf: (tenant: string) => Uint8Array | undefined;
  readonly epochOf: (topic: string) => string;
  readonly clock: () => number;
  readonly random: (size: number) => Buffer;
  readonly observe?: (batch: TranslatedBatch) => void;
}

/** Figures of one batch: counts, and milliseconds per stage. */
export interface TranslatedBatch {
  readonly translated: number;
  readonly parked: number;
  /** Edge ids taken before at another position. */
  readonly doubled: number;
  readonly erased: number;
  readonly prepare: number;
  readonly translate: number;
}

/** An event of the batch: opened, or why not. */
interface Received {
  readonly record: IncomingRecord;
  readonly attributes: EventAttributes | undefined;
  readonly decoded: DecodedEvent;
}

type Outcome = TranslatedMessage | { readonly kind: 'erased' };

function receivedOf(decoded: DecodedEvent): Received {
  const { record, attributes } = decoded.readable ? decoded.event : decoded;
  return { record, attributes, decoded };
}

const unreadable = {
  undecodable: 'The payload of the received event cannot be read',
  'unknown-type': 'The event is of a type that this topic does not hold',
  'seal-broken': 'The payload of the received event does not open under its key',
} as const;

/** What a batch needs beside its events. */
interface BatchContext {
  readonly plans: ReadonlyMap<string, LoadedPlan>;
  readonly keys: ReadonlyMap<string, DataKey | 'erased'>;
  readonly contextOf: (tenant: string) => TranslationContext;
}

function treat({ record, attributes, decoded }: Received, batch: BatchContext): Outcome {
  if (!decoded.readable && decoded.code === 'erased') return { kind: 'erased' };
  // Without headers there is no tenant to raise an exception for: the row among the parked is all there can be.
  if (!attributes) return { kind: 'parked', parked: { record, code: 'undecodable' } };
  const context = batch.contextOf(attributes.tenant);
  if (!decoded.readable) {
    const code = decoded.code as keyof typeof unreadable;
    return parkMessage(record, attributes, code, { reason: unreadable[code] }, context);
  }
  const { plan: hash = '', keyId, id } = attributes;
  const plan = batch.plans.get(hash);
  if (!plan) throw planMissing({ plan: hash });
  if (keyId === undefined) return translateMessage(decoded.event, plan, undefined, context);
  const key = keyFor(batch.keys, keyId, id);
  // Destroyed since it was opened: what it says may not be written again.
  if (key === undefined || key === 'erased') return { kind: 'erased' };
  return translateMessage(decoded.event, plan, key, context);
}

function edgesOf(received: readonly Received[]): SeenEdge[] {
  return received.flatMap(({ record: { partition, offset, appendTime }, attributes }) =>
    attributes ? [{ id: attributes.id, partition, offset, seenAt: appendTime }] : [],
  );
}

/**
 * ingress.messages -> clinical.translated: bytes into FHIR, by the plan stamped on each message. What cannot be
 * translated is parked alone, with an exception for its owner; what was erased falls; an edge id that was taken at
 * another position is dropped. Results are sealed under the key of their message.
 */
export function createTranslateStep(options: TranslateStepOptions): Processor {
  const { pool, writer, keyring, plans, seen, clock, random, epochOf } = options;

  const contextAt = (time: string, epoch: string) => (tenant: string) => {
    const idKey = options.idKeyOf(tenant);
    if (!idKey) throw tenantUnknown({ tenant });
    return { idKey, epoch, time, random };
  };

  return createStep({
    name: 'translate',
    topics: [inputTopic],
    pool,
    writer,
    keyring,
    async handle(decoded) {
      const began = performance.now();
      const received = decoded.map(receivedOf);
      const known = await seen.find(edgesOf(received).map(edge => edge.id));
      const { fresh, doubled } = withoutSeen(received, known);
      const readable = fresh.flatMap(one => (one.decoded.readable ? [one.decoded.event.attributes] : []));
      const batch: BatchContext = {
        plans: await plans.load(readable.map(({ plan = '' }) => plan)),
        keys: await keyring.forOpening(
          readable.flatMap(({ tenant, keyId, id }) =>
            keyId === undefined ? [] : [{ tenant, keyId, eventId: id }],
          ),
        ),
        contextOf: contextAt(new Date(clock()).toISOString(), epochOf(inputTopic)),
      };
      const prepared = performance.now();
      const outcomes = fresh.map(one => treat(one, batch));
      const parked = outcomes.flatMap(one => (one.kind === 'parked' ? [one.parked] : []));
      const outputs = outcomes.flatMap(one => (one.kind === 'erased' || !one.record ? [] : [one.record]));
      options.observe?.({
        translated: outcomes.filter(one => one.kind === 'translated').length,
        parked: parked.length,
        doubled: doubled.length,
        erased: outcomes.filter(one => one.kind === 'erased').length,
        prepare: prepared - began,
        translate: performance.now() - prepared,
      });
      return { outputs, parked, save: sql => seen.save(sql, edgesOf(fresh)) };
    },
  });
}
