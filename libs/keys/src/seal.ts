import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { maxRecordBytes } from '@anamnesis/contracts';
import { sealBroken } from './errors.js';

/**
 * Sealed payload: `version(1) ‖ nonce(12) ‖ tag(16) ‖ AES-256-GCM(deflate(plaintext))`. The nonce comes from the
 * system's random source through `random`; the associated data binds the bytes to their event (blueprint §4).
 */
const version = 1;
const overhead = 1 + 12 + 16;
/** Plaintext of a 16 MiB record may be larger before compression; beyond this it is an attack. */
const maxPlaintext = 8 * maxRecordBytes;

/** What the payload is bound to. A payload moved to another topic, type or event does not open. */
export interface SealContext {
  readonly tenant: string;
  readonly topic: string;
  readonly type: string;
  readonly eventId: string;
  readonly keyId: string;
}

export type RandomBytes = (size: number) => Uint8Array;

const poolBytes = 8 * 1024;

/** Hands out bytes of `source` fetched in larger pieces, each byte once: one call to the system serves many nonces. */
export function pooledRandom(source: (size: number) => Buffer): (size: number) => Buffer {
  let pool: Buffer = Buffer.alloc(0);
  return size => {
    if (size > 64) return source(size);
    if (pool.length < size) pool = source(poolBytes);
    const taken = pool.subarray(0, size);
    pool = pool.subarray(size);
    return taken;
  };
}

function associatedData(c: SealContext): Buffer {
  return Buffer.from(
    [c.tenant, c.topic, c.type, c.eventId, c.keyId].map(part => `${part.length}:${part}`).join('|'),
  );
}

/** A prepared key halves the cost of a cipher; data keys live in the keyring's cache, so few are prepared. */
const prepared = new WeakMap<Uint8Array, KeyObject>();

function keyObject(key: Uint8Array): KeyObject {
  let found = prepared.get(key);
  if (!found) {
    found = createSecretKey(key);
    prepared.set(key, found);
  }
  return found;
}

function encrypt(compressed: Uint8Array, key: Uint8Array, context: SealContext, random: RandomBytes): Buffer {
  const nonce = random(12);
  const cipher = createCipheriv('aes-256-gcm', keyObject(key), nonce);
  cipher.setAAD(associatedData(context));
  const body = cipher.update(compressed);
  cipher.final();
  return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body]);
}

function decrypt(sealed: Buffer, key: Uint8Array, context: SealContext): Buffer {
  if (sealed.length < overhead || sealed[0] !== version) throw sealBroken({ keyId: context.keyId });
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyObject(key), sealed.subarray(1, 13));
    decipher.setAAD(associatedData(context));
    decipher.setAuthTag(sealed.subarray(13, overhead));
    const body = decipher.update(sealed.subarray(overhead));
    decipher.final();
    return body;
  } catch (error) {
    throw sealBroken({ keyId: context.keyId }, error);
  }
}

/** Compresses and seals. `key` is 32 bytes. */
export function seal(
  plaintext: Uint8Array,
  key: Uint8Array,
  context: SealContext,
  random: RandomBytes,
): Buffer {
  return encrypt(deflateRawSync(plaintext, { level: 1, memLevel: 5, windowBits: 13 }), key, context, random);
}

/** Raised when the bytes do not open under this key and context: {@link sealBroken}. */
export function open(sealed: Buffer, key: Uint8Array, context: SealContext): Buffer {
  const compressed = decrypt(sealed, key, context);
  try {
    return inflateRawSync(compressed, { maxOutputLength: maxPlaintext });
  } catch (error) {
    throw sealBroken({ keyId: context.keyId }, error);
  }
}

/** Seals the same content for another event without inflating it; for steps that forward. */
export function reseal(
  sealed: Buffer,
  from: { readonly key: Uint8Array; readonly context: SealContext },
  to: { readonly key: Uint8Array; readonly context: SealContext },
  random: RandomBytes,
): Buffer {
  return encrypt(decrypt(sealed, from.key, from.context), to.key, to.context, random);
}
