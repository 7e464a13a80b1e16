import type { EnvelopeRecordedV1 } from '@anamnesis/contracts';
import type { ReceivedEvent, Sql } from '@anamnesis/processing';
import { auditLog } from '../forward/forwarder.js';
import type { AuditProjection } from './projection.js';
import { jsonRows, readable } from './rows.js';

type EnvelopeEvent = ReceivedEvent<'envelope.recorded.v1'> & { readonly payload: EnvelopeRecordedV1 };

const receivedType = 'message.received.v1';

async function storeHops(sql: Sql, events: readonly EnvelopeEvent[]): Promise<void> {
  const rows = events.map(({ record, attributes, payload }) => ({
    topic: payload.topic,
    partition: payload.partition,
    offset: payload.offset,
    time: payload.appendTime,
    logPartition: record.partition,
    logOffset: record.offset,
    event: payload.eventId,
    type: payload.type,
    producer: payload.producer,
    tenant: attributes.tenant,
    correlation: payload.correlationId,
    causation: payload.causationId,
    laneSeq: payload.laneSeq,
    edgeSeq: payload.edgeSeq,
    srid: payload.srid,
    subject: payload.subject,
    plan: payload.plan,
    hash: payload.ciphertextHash,
    size: payload.size,
    facts: payload.facts,
  }));
  await sql.query({
    name: 'hop',
    text: `INSERT INTO hop (topic, partition, "offset", append_time, log_partition, log_offset, event_id, type, producer,
             tenant, correlation_id, causation_id, lane_seq, edge_seq, srid, subject, plan, ciphertext_hash, size, facts)
           SELECT topic, partition, "offset", time, "logPartition", "logOffset", event, type, producer, tenant, correlation,
             causation, "laneSeq", "edgeSeq", srid, subject, plan, decode(hash, 'hex'), size, facts
             FROM json_to_recordset($1::json) AS x (topic text, partition int, "offset" bigint, time timestamptz,
               "logPartition" int, "logOffset" bigint, event text, type text, producer text, tenant text,
               correlation text, causation text, "laneSeq" bigint, "edgeSeq" text, srid text, subject text, plan text,
               hash text, size int, facts jsonb)
           ON CONFLICT DO NOTHING`,
    values: [jsonRows(rows)],
  });
}

/** `2/3` as written by the gateway; a message in one part when the header is absent or malformed. */
function partOf(fact: string | undefined): { part: number; parts: number } {
  const match = /^(\d+)\/(\d+)$/.exec(fact ?? '');
  return match ? { part: Number(match[1]), parts: Number(match[2]) } : { part: 1, parts: 1 };
}

async function storeMessages(sql: Sql, events: readonly EnvelopeEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ attributes, payload }) => ({
    tenant: attributes.tenant,
    event: payload.eventId,
    correlation: payload.correlationId,
    interface: payload.facts['interface'] ?? payload.subject ?? '',
    control: payload.facts['control'] ?? '',
    messageType: payload.facts['type'] ?? '',
    ...partOf(payload.facts['part']),
    time: payload.appendTime,
    srid: payload.srid,
    plan: payload.plan,
    topic: payload.topic,
    type: payload.type,
    key: payload.keyId,
    raw: payload.raw,
  }));
  await sql.query({
    name: 'message',
    text: `WITH x AS (
             SELECT * FROM json_to_recordset($1::json) AS x (tenant text, event text, correlation text, interface text,
               control text, "messageType" text, part int, parts int, time timestamptz, srid text, plan text, topic text,
               type text, key text, raw text)),
           raw AS (
             INSERT INTO received_raw (tenant, event_id, topic, type, key_id, sealed)
             SELECT tenant, event, topic, type, key, decode(raw, 'base64') FROM x WHERE raw IS NOT NULL
             ON CONFLICT DO NOTHING)
           INSERT INTO message_index (tenant, event_id, correlation_id, interface, control_hash, message_type, part, parts,
             received_at, srid, plan)
           SELECT tenant, event, correlation, interface, control, "messageType", part, parts, time, srid, plan FROM x
           ON CONFLICT DO NOTHING`,
    values: [jsonRows(rows)],
  });
}

/** Every event as one hop, and for received messages how to find them and the bytes that explain them. */
export const hops: AuditProjection = {
  name: 'hop',
  version: 1,
  topics: [auditLog],
  tables: ['hop', 'message_index', 'received_raw'],
  async fold(sql, events) {
    const envelopes = readable(events, 'envelope.recorded.v1');
    await storeHops(sql, envelopes);
    await storeMessages(
      sql,
      envelopes.filter(({ payload }) => payload.type === receivedType),
    );
  },
};
