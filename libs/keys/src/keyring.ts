import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { keyUnknown } from './errors.js';
import type { KeyStore, NewKey, StoredKey } from './keyStore.js';
import type { RandomBytes } from './seal.js';

/** A data key ready for use. `id` is what `ce_keyid` carries: owner and generation. */
export interface DataKey {
  readonly id: string;
  readonly key: Buffer;
}

export interface KeyOwner {
  readonly tenant: string;
  /** A srid, or the event id of a message that names several source records. */
  readonly owner: string;
  readonly members?: readonly string[];
}

/**
 * The data keys of a process: creates and unwraps here, caches with bounds in count and time. Destroyed keys answer
 * `erased`; an unreachable store throws (transient); a key id that was never issued throws {@link keyUnknown}.
 */
export interface Keyring {
  /** The open key of each owner, created when there is none (gateway and records may; others raise). */
  forSealing(owners: readonly KeyOwner[]): Promise<Map<string, DataKey>>;
  /** Keys by key id. `shared.*` keys are derived per event, so the event id is part of the question. */
  forOpening(
    keys: readonly { tenant: string; keyId: string; eventId: string }[],
  ): Promise<Map<string, DataKey | 'erased'>>;
  /** Key for payloads that belong to no source record: the tenant's key through HKDF of the event id. */
  shared(tenant: string, eventId: string): DataKey;
}

export interface KeyringOptions {
  readonly store: KeyStore;
  /** 32-byte master key of a tenant; raises for an unknown tenant. */
  readonly masterKey: (tenant: string) => Uint8Array;
  readonly random: RandomBytes;
  readonly maxKeys?: number;
  readonly cacheMs?: number;
}

const sharedKeyId = 'shared.1';

function wrap(key: Uint8Array, master: Uint8Array, aad: string, random: RandomBytes): Buffer {
  const nonce = random(12);
  const cipher = createCipheriv('aes-256-gcm', master, nonce);
  cipher.setAAD(Buffer.from(aad));
  const body = Buffer.concat([cipher.update(key), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function unwrap(wrapped: Buffer, master: Uint8Array, aad: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', master, wrapped.subarray(0, 12));
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(wrapped.subarray(12, 28));
  return Buffer.concat([decipher.update(wrapped.subarray(28)), decipher.final()]);
}

const keyIdOf = (k: { owner: string; generation: number }): string => `${k.owner}.${k.generation}`;
const slotOf = (tenant: string, id: string): string => `${tenant} ${id}`;

export function createKeyring({
  store,
  masterKey,
  random,
  maxKeys = 50_000,
  cacheMs = 60_000,
}: KeyringOptions): Keyring {
  const opening = new LRUCache<string, DataKey>({ max: maxKeys, ttl: cacheMs });
  const sealing = new LRUCache<string, DataKey>({ max: maxKeys, ttl: cacheMs });
  const sharedKeys = new LRUCache<string, DataKey>({ max: 1_000 });

  const aad = (k: { tenant: string; owner: string; generation: number }): string =>
    `${k.tenant}|${keyIdOf(k)}`;
  const unwrapped = (stored: StoredKey & { wrapped: Buffer }): DataKey => {
    const key = { id: keyIdOf(stored), key: unwrap(stored.wrapped, masterKey(stored.tenant), aad(stored)) };
    opening.set(slotOf(stored.tenant, key.id), key);
    return key;
  };

  const shared = (tenant: string, eventId: string): DataKey => {
    const slot = slotOf(tenant, eventId);
    let key = sharedKeys.get(slot);
    if (!key) {
      key = {
        id: sharedKeyId,
        key: Buffer.from(hkdfSync('sha256', masterKey(tenant), eventId, 'anamnesis shared', 32)),
      };
      sharedKeys.set(slot, key);
    }
    return key;
  };

  const openKeyOf = (rows: readonly StoredKey[]): Map<string, DataKey> => {
    const found = new Map<string, DataKey>();
    for (const row of rows)
      if (row.state === 'open' && row.wrapped) {
        const key = unwrapped({ ...row, wrapped: row.wrapped });
        sealing.set(slotOf(row.tenant, row.owner), key);
        found.set(slotOf(row.tenant, row.owner), key);
      }
    return found;
  };

  return {
    shared,
    async forSealing(owners) {
      const answer = new Map<string, DataKey>();
      const missing = new Map<string, KeyOwner>();
      for (const owner of owners) {
        const cached = sealing.get(slotOf(owner.tenant, owner.owner));
        if (cached) answer.set(owner.owner, cached);
        else missing.set(slotOf(owner.tenant, owner.owner), owner);
      }
      if (missing.size === 0) return answer;
      const rows = await store.newest([...missing.values()]);
      let found = openKeyOf(rows);
      const fresh = [...missing].filter(([slot]) => !found.has(slot));
      if (fresh.length > 0) {
        const newest = new Map(rows.map(row => [slotOf(row.tenant, row.owner), row.generation]));
        const keys = fresh.map(([slot, { tenant, owner, members = [] }]): NewKey => {
          const generation = (newest.get(slot) ?? 0) + 1;
          return {
            tenant,
            owner,
            generation,
            members,
            wrapped: wrap(random(32), masterKey(tenant), aad({ tenant, owner, generation }), random),
          };
        });
        await store.create(keys);
        found = new Map([...found, ...openKeyOf(await store.newest(keys))]);
      }
      for (const [slot, { owner }] of missing) {
        const key = found.get(slot);
        if (!key) throw keyUnknown({ keyId: owner });
        answer.set(owner, key);
      }
      return answer;
    },
    async forOpening(keys) {
      const answer = new Map<string, DataKey | 'erased'>();
      const missing = new Map<string, { tenant: string; owner: string; generation: number }>();
      for (const { tenant, keyId, eventId } of keys) {
        if (keyId === sharedKeyId) {
          answer.set(`${keyId} ${eventId}`, shared(tenant, eventId));
          continue;
        }
        const cached = opening.get(slotOf(tenant, keyId));
        if (cached) answer.set(keyId, cached);
        else {
          const dot = keyId.lastIndexOf('.');
          missing.set(keyId, {
            tenant,
            owner: keyId.slice(0, dot),
            generation: Number(keyId.slice(dot + 1)),
          });
        }
      }
      if (missing.size === 0) return answer;
      for (const row of await store.byGeneration([...missing.values()])) {
        const id = keyIdOf(row);
        if (row.state === 'destroyed' || !row.wrapped) answer.set(id, 'erased');
        else answer.set(id, unwrapped({ ...row, wrapped: row.wrapped }));
      }
      for (const keyId of missing.keys()) if (!answer.has(keyId)) throw keyUnknown({ keyId });
      return answer;
    },
  };
}

/** Finds the key of one event in the answer of {@link Keyring.forOpening}. */
export function keyFor(
  keys: ReadonlyMap<string, DataKey | 'erased'>,
  keyId: string,
  eventId: string,
): DataKey | 'erased' | undefined {
  return keys.get(keyId === sharedKeyId ? `${keyId} ${eventId}` : keyId);
}
