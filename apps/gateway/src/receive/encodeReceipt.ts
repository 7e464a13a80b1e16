import { partitionOf, topicContract } from '@anamnesis/contracts';
import type { OutgoingRecord } from '@anamnesis/event-log';
import { seal, type DataKey } from '@anamnesis/keys';
import { encodeEvent, exceptionEvent } from '@anamnesis/processing';
import type { ReceiptFinding } from './decideReceipt.js';
import type { ReceiptIds } from './identify.js';
import type { ActiveInterface, ReceivingTenant } from './ports.js';
import type { Refusal } from './refusals.js';

export const ingressTopic = 'ingress.messages';
export const exceptionTopic = 'operations.exceptions.gateway';

export type ReceiptTransport = 'mllp' | 'http';

/** What every event of one receipt has in common. */
export interface ReceiptContext {
  readonly active: ActiveInterface;
  readonly tenant: ReceivingTenant;
  readonly ids: ReceiptIds;
  readonly attempt: number;
  readonly bytes: Uint8Array;
  readonly messageType: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly traceparent: string;
  readonly edgeSeq: () => string;
  readonly random: (size: number) => Buffer;
}

export interface AcceptedReceipt extends ReceiptContext {
  readonly controlId: string;
  readonly transport: ReceiptTransport;
  readonly findings: readonly ReceiptFinding[];
  readonly srids: readonly string[];
  /** Numbers of the parts to append. */
  readonly parts: readonly number[];
  readonly dataKey: DataKey;
}

/** One `message.received.v1` per part, sealed; all parts of a message share its correlation id. */
export function receivedRecords(receipt: AcceptedReceipt): OutgoingRecord[] {
  const { active, tenant, ids, attempt, bytes, messageType, receivedAt, srids } = receipt;
  const { id, tenant: tenantName } = active.contract;
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const { layout } = topicContract(ingressTopic);
  return receipt.parts.map(n => {
    const srid = srids[n - 1] as string;
    return encodeEvent(
      {
        id: ids.part(attempt, n, srids.length),
        source: 'gateway',
        type: 'message.received.v1',
        time: receivedAt,
        subject: id,
        partitionKey: srid,
        tenant: tenantName,
        srid,
        correlationId: ids.message(attempt),
        edgeSeq: receipt.edgeSeq(),
        plan: active.plan,
        traceparent: receipt.traceparent,
        facts: {
          interface: id,
          control: ids.control,
          content: ids.content,
          part: `${n}/${srids.length}`,
          attempt: String(attempt),
          type: messageType,
        },
      },
      {
        interface: id,
        controlId: receipt.controlId,
        messageType,
        receivedAt,
        transport: receipt.transport,
        findings: [...receipt.findings],
        part: { n, of: srids.length, srids: [...srids] },
        raw,
      },
      {
        topic: ingressTopic,
        partition: partitionOf(layout, tenant.shard, srid),
        key: srid,
        dataKey: receipt.dataKey,
        random: receipt.random,
      },
    );
  });
}

export interface RefusedReceipt extends ReceiptContext {
  readonly refusal: Refusal;
  /** Known only when the bytes could be read so far. */
  readonly srid?: string;
  readonly dataKey: DataKey;
}

/** Sealed bytes are written as base64 into a record of at most 16 MiB; above this they do not fit. */
const mostKeptBytes = 11 * 1024 * 1024;

/**
 * A refused receipt as an exception with its bytes. They are sealed for the item: associated data name this topic and
 * event type, and the item id in place of the event id. The facts in the headers let the message store find a resend
 * without reading payloads.
 */
export function refusedRecord(receipt: RefusedReceipt): OutgoingRecord {
  const { active, tenant, ids, attempt, bytes, messageType, receivedAt, refusal, srid, dataKey } = receipt;
  const { contract } = active;
  const itemId = ids.message(attempt);
  const context = {
    tenant: contract.tenant,
    topic: exceptionTopic,
    type: 'exception.raised.v1',
    eventId: itemId,
    keyId: dataKey.id,
  };
  const kept = bytes.length <= mostKeptBytes;
  const record = exceptionEvent(
    {
      interface: contract.id,
      code: refusal.cause,
      category: 'refused',
      single: false,
      rule: refusal.cause === 'trigger-not-listed' || refusal.cause === 'type-not-listed' ? messageType : '',
      place: { service: 'gateway', stage: 'receive' },
      reason: kept ? refusal.text : `${refusal.text}; its bytes do not fit into a record and were not kept`,
      ownerRole: refusal.ownerRole,
      act: contract.exceptions.acts?.[refusal.cause] ?? refusal.act,
      item: {
        id: itemId,
        ...(srid === undefined ? {} : { srid }),
        controlHash: ids.control,
        ...(messageType ? { messageType } : {}),
      },
      ...(kept
        ? {
            raw: {
              keyId: dataKey.id,
              sealed: seal(bytes, dataKey.key, context, receipt.random).toString('base64'),
            },
          }
        : {}),
    },
    {
      service: 'gateway',
      tenant: contract.tenant,
      idKey: tenant.idKey,
      shard: tenant.shard,
      correlationId: itemId,
      edgeSeq: receipt.edgeSeq(),
      traceparent: receipt.traceparent,
      time: receivedAt,
      random: receipt.random,
    },
  );
  const facts = {
    anm_interface: contract.id,
    anm_control: ids.control,
    anm_content: ids.content,
    anm_attempt: String(attempt),
    anm_type: messageType,
  };
  return { ...record, headers: { ...record.headers, ...facts } };
}
