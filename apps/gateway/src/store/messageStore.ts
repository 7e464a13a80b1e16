import type pg from 'pg';
import { fromHeaders, isAttributes, type EventAttributes } from '@anamnesis/contracts';
import type { EventLogWriter, IncomingRecord } from '@anamnesis/event-log';
import { createSealedStep, type Processor, type SealedEvent, type Sql } from '@anamnesis/processing';
import { exceptionTopic, ingressTopic } from '../receive/encodeReceipt.js';

/** Services whose exceptions mean that an accepted message did not get where it should. */
const downstream = ['operations.exceptions.translation', 'operations.exceptions.records'];
const failedCategories: ReadonlySet<string> = new Set(['parked', 'rejected', 'failed']);

export const messageStoreName = 'message-store.v1';
export const messageStoreTopics: readonly string[] = [ingressTopic, exceptionTopic, ...downstream];

type Known = SealedEvent & { readonly attributes: EventAttributes };

function factsOf({ attributes }: Known): Readonly<Record<string, string>> {
  return attributes.facts ?? {};
}

function partsOf(text: string | undefined): [number, number] {
  const match = /^(\d+)\/(\d+)$/.exec(text ?? '');
  return match ? [Number(match[1]), Number(match[2])] : [1, 1];
}

async function saveReceived(sql: Sql, events: readonly Known[]): Promise<void> {
  const of = <T>(value: (event: Known) => T): T[] => events.map(value);
  await sql.query({
    name: 'save_received',
    text: `INSERT INTO received_message (tenant, event_id, message_id, interface, control_hash, content_hash, attempt,
             part, parts, message_type, srid, plan, received_at, appended_at, partition, "offset")
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[],
             $8::int[], $9::int[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::bigint[],
             $15::int[], $16::bigint[])
           ON CONFLICT DO NOTHING`,
    values: [
      of(e => e.attributes.tenant),
      of(e => e.attributes.id),
      of(e => e.attributes.correlationId),
      of(e => e.attributes.subject ?? ''),
      of(e => factsOf(e)['control'] ?? ''),
      of(e => factsOf(e)['content'] ?? ''),
      of(e => Number(factsOf(e)['attempt'] ?? 1)),
      of(e => partsOf(factsOf(e)['part'])[0]),
      of(e => partsOf(factsOf(e)['part'])[1]),
      of(e => factsOf(e)['type'] ?? ''),
      of(e => e.attributes.srid ?? ''),
      of(e => e.attributes.plan ?? ''),
      of(e => e.attributes.time),
      of(e => e.record.appendTime),
      of(e => e.record.partition),
      of(e => e.record.offset),
    ],
  });
}

async function saveRefused(sql: Sql, events: readonly Known[]): Promise<void> {
  const of = <T>(value: (event: Known) => T): T[] => events.map(value);
  await sql.query(
    `INSERT INTO refused_message (tenant, event_id, interface, control_hash, content_hash, attempt, message_type,
       code, appended_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[],
       $8::text[], $9::bigint[])
     ON CONFLICT DO NOTHING`,
    [
      of(e => e.attributes.tenant),
      of(e => factsOf(e)['item'] ?? ''),
      of(e => e.attributes.subject ?? ''),
      of(e => factsOf(e)['control'] ?? ''),
      of(e => factsOf(e)['content'] ?? ''),
      of(e => Number(factsOf(e)['attempt'] ?? 1)),
      of(e => factsOf(e)['type'] ?? ''),
      of(e => factsOf(e)['code'] ?? ''),
      of(e => e.record.appendTime),
    ],
  );
}

async function saveFailed(sql: Sql, events: readonly Known[]): Promise<void> {
  const of = <T>(value: (event: Known) => T): T[] => events.map(value);
  await sql.query(
    `INSERT INTO failed_message (tenant, event_id, service, code, category, appended_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
     ON CONFLICT DO NOTHING`,
    [
      of(e => e.attributes.tenant),
      of(e => factsOf(e)['item'] ?? ''),
      of(e => e.attributes.source),
      of(e => factsOf(e)['code'] ?? ''),
      of(e => factsOf(e)['category'] ?? ''),
      of(e => e.record.appendTime),
    ],
  );
}

/**
 * Which table an event belongs to, from its headers alone; undefined for events that say nothing about a message.
 * Refusals without the hash of their bytes are about no message (bytes outside frames).
 */
export function storedAs(topic: string, { type, facts = {} }: EventAttributes) {
  if (type === 'message.received.v1') return topic === ingressTopic ? 'received' : undefined;
  if (type !== 'exception.raised.v1') return undefined;
  if (topic === exceptionTopic)
    return facts['category'] === 'refused' && facts['content'] ? 'refused' : undefined;
  return failedCategories.has(facts['category'] ?? '') ? 'failed' : undefined;
}

function isKnown(event: SealedEvent): event is Known {
  return event.attributes !== undefined;
}

/** Folds events into the message store, from headers alone: nothing is opened. */
export async function foldMessages(sql: Sql, events: readonly SealedEvent[]): Promise<void> {
  const by = (table: string): Known[] =>
    events.filter(isKnown).filter(e => storedAs(e.record.topic, e.attributes) === table);
  const [received, refused, failed] = [by('received'), by('refused'), by('failed')];
  if (received.length > 0) await saveReceived(sql, received);
  if (refused.length > 0) await saveRefused(sql, refused);
  if (failed.length > 0) await saveFailed(sql, failed);
}

export interface MessageStoreOptions {
  readonly pool: pg.Pool;
  /** Told after the commit: everything of the partition below `next` is in the store. */
  readonly onStored: (topic: string, partition: number, next: number) => void;
}

/** The fold has no outputs. */
const nothing: EventLogWriter = { append: async () => [], close: async () => undefined };

/** The projection that keeps the message store; it reads what this service and those behind it append. */
export function createMessageStore({ pool, onStored }: MessageStoreOptions): Processor {
  const step = createSealedStep({
    name: messageStoreName,
    topics: messageStoreTopics,
    pool,
    writer: nothing,
    handle: async events => ({ outputs: [], save: sql => foldMessages(sql, events) }),
  });
  return {
    ...step,
    async take(batch, cursor) {
      const moved = await step.take(batch, cursor);
      onStored(batch.topic, batch.partition, moved.next);
      return moved;
    },
  };
}

/** Reads a record's headers as the fold does. */
export function sealedEvent(record: IncomingRecord): SealedEvent {
  const attributes = fromHeaders(record.headers);
  return { record, attributes: isAttributes(attributes) ? attributes : undefined };
}
