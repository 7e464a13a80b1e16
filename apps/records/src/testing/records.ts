import {
  derivedId,
  toHeaders,
  type EventAttributes,
  type EventType,
  type RecordsBundleSubmittedV1,
} from '@anamnesis/contracts';
import type { OutgoingRecord } from '@anamnesis/event-log';
import { createKeyring, type Keyring, type KeyStore, type StoredKey } from '@anamnesis/keys';
import { encodeEvent } from '@anamnesis/processing';

/** Sealed records and keys for tests and benchmarks of the record; no key store behind them. */

export const testIdKey = Buffer.alloc(32, 7);

/** A key store in memory. `destroy` is what the erasure role does. */
export function memoryKeyStore(): KeyStore & { destroy(owner: string): void } {
  const rows = new Map<string, StoredKey>();
  return {
    newest: async owners => owners.flatMap(({ tenant, owner }) => rows.get(`${tenant} ${owner}`) ?? []),
    byGeneration: async keys => keys.flatMap(({ tenant, owner }) => rows.get(`${tenant} ${owner}`) ?? []),
    create: async keys => {
      for (const { tenant, owner, generation, wrapped } of keys)
        if (!rows.has(`${tenant} ${owner}`))
          rows.set(`${tenant} ${owner}`, { tenant, owner, generation, wrapped, state: 'open' });
    },
    destroy(owner) {
      for (const [slot, row] of rows)
        if (row.owner === owner) rows.set(slot, { ...row, wrapped: null, state: 'destroyed' });
    },
  };
}

let nonce = 0;

/** Counting bytes: enough for tests, where nothing is secret and nothing may repeat. */
export const countingBytes = (size: number): Uint8Array => {
  const bytes = Buffer.alloc(Math.max(size, 8));
  bytes.writeBigUInt64BE(BigInt((nonce += 1)));
  return bytes.subarray(0, size);
};

export function memoryKeyring(store: KeyStore = memoryKeyStore()): Keyring {
  return createKeyring({ store, masterKey: () => Buffer.alloc(32, 9), random: countingBytes });
}

export interface Translated {
  readonly payload: RecordsBundleSubmittedV1;
  readonly id: string;
  readonly correlationId?: string;
  readonly tenant?: string;
  readonly shard?: number;
}

/** A translated message, or with `topic` the same forwarded, sealed under its source record's key. */
export async function bundleRecord(
  keyring: Keyring,
  { payload, id, correlationId = id, tenant = 'demo', shard = 0 }: Translated,
  target: { topic: string; partition: number; type: EventType; offset?: number },
): Promise<OutgoingRecord> {
  const srid = payload.part.srids[payload.part.n - 1] ?? '';
  const dataKey = (await keyring.forSealing([{ tenant, owner: srid }])).get(srid);
  const attributes: Omit<EventAttributes, 'type' | 'keyId' | 'contentType'> = {
    id,
    source: 'translation',
    time: '2026-01-01T00:00:00Z',
    partitionKey: target.topic === 'records.log' ? String(shard) : srid,
    tenant,
    srid,
    correlationId,
    subject: payload.interface,
    plan: 'plan-1',
    causePosition:
      target.offset === undefined
        ? undefined
        : {
            topic: 'clinical.translated',
            epoch: 'e1',
            partition: shard * 2,
            offset: target.offset,
            index: 0,
          },
  };
  return encodeEvent({ ...attributes, type: target.type as 'records.bundle-submitted.v1' }, payload, {
    topic: target.topic,
    partition: target.partition,
    key: attributes.partitionKey,
    dataKey,
    random: countingBytes,
  });
}

/** Headers that no reader can use. */
export const brokenHeaders = (): Record<string, string> => {
  const headers = toHeaders({
    id: 'x',
    source: 'translation',
    type: 'records.bundle-submitted.v1',
    time: '2026-01-01T00:00:00Z',
    partitionKey: '0',
    tenant: 'demo',
    correlationId: 'x',
    contentType: 'application/json',
  });
  delete headers['ce_tenant'];
  return headers;
};

export const testId = (...parts: string[]): string => derivedId(testIdKey, 'resource', parts);
