import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkPayload, fromHeaders, isAttributes, toHeaders } from '@anamnesis/contracts';
import type { IncomingRecord } from '@anamnesis/event-log';
import { envelopeOf, maxRawBytes } from './envelope.js';

const idKey = Buffer.alloc(32, 3);

function received(value: Buffer, type = 'message.received.v1'): IncomingRecord {
  return {
    topic: 'ingress.messages',
    partition: 1,
    offset: 42,
    appendTime: Date.UTC(2026, 2, 1),
    key: 'k',
    headers: toHeaders({
      id: 'e1',
      source: 'gateway',
      type,
      time: '2026-03-01T00:00:00Z',
      partitionKey: 'k',
      tenant: 'demo',
      srid: 's1',
      correlationId: 'c1',
      edgeSeq: 'i1:7',
      keyId: 's1.1',
      plan: 'p1',
      contentType: 'application/json',
      facts: { control: 'h' },
    }),
    value,
  };
}

function envelope(record: IncomingRecord) {
  const found = fromHeaders(record.headers);
  return envelopeOf({ record, attributes: isAttributes(found) ? found : undefined }, 'north', idKey);
}

describe('an envelope', () => {
  it('holds position, attributes, the hash of the bytes as they stand, and a received message’s bytes', () => {
    const value = Buffer.from('sealed');
    const { tenant, payload } = envelope(received(value));
    expect(tenant).toBe('demo');
    expect(payload).toMatchObject({
      topic: 'ingress.messages',
      partition: 1,
      offset: 42,
      eventId: 'e1',
      edgeSeq: 'i1:7',
      plan: 'p1',
      facts: { control: 'h' },
      ciphertextHash: createHash('sha256').update(value).digest('hex'),
      raw: value.toString('base64'),
    });
    expect(() => checkPayload('envelope.recorded.v1', payload, 'closed')).not.toThrow();
  });

  it('holds the bytes of no other event, and of no message too large for it', () => {
    expect(envelope(received(Buffer.from('x'), 'message.translated.v1')).payload.raw).toBeUndefined();
    expect(envelope(received(Buffer.alloc(maxRawBytes + 1))).payload.raw).toBeUndefined();
  });

  it('accounts for a record without event headers under an id of its position', () => {
    const record = { ...received(Buffer.from('?')), headers: { foreign: 'x' }, value: null };
    const { tenant, payload } = envelope(record);
    expect(tenant).toBe('north');
    expect(payload).toMatchObject({ type: 'unreadable', size: 0 });
    expect(envelope({ ...record, offset: 43 }).payload.eventId).not.toBe(payload.eventId);
    expect(envelope(record).payload.eventId).toBe(payload.eventId);
    expect(() => checkPayload('envelope.recorded.v1', payload, 'closed')).not.toThrow();
  });
});
