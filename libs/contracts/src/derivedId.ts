import { hash } from 'node:crypto';

/**
 * The kinds of id that exist. Each is hashed under its own tag, so the same parts never collide across kinds.
 * A Patient's id is its `srid`; other resources use `resource`.
 */
export type IdTag =
  'srid' | 'unidentified' | 'event' | 'resource' | 'person' | 'case' | 'task' | 'key' | 'content';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Uint8Array): string {
  let out = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += alphabet[(value >>> bits) & 31];
    }
  }
  return out;
}

const blockBytes = 64;
const digestBytes = 32;

/** A key as HMAC uses it: padded to a block and masked; the outer one with room for the inner digest. */
interface PreparedKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const prepared = new WeakMap<Uint8Array, PreparedKey>();

function prepare(key: Uint8Array): PreparedKey {
  let found = prepared.get(key);
  if (!found) {
    const block = Buffer.alloc(blockBytes);
    block.set(key.length > blockBytes ? hash('sha256', key, 'buffer') : key);
    const outer = Buffer.alloc(blockBytes + digestBytes);
    outer.set(block.map(byte => byte ^ 0x5c));
    found = { inner: Buffer.from(block.map(byte => byte ^ 0x36)), outer };
    prepared.set(key, found);
  }
  return found;
}

/** The outer hash over the inner one. `framed` begins with the key's inner block. */
function finish({ outer }: PreparedKey, framed: Uint8Array): Buffer {
  outer.set(hash('sha256', framed, 'buffer'), blockBytes);
  return hash('sha256', outer, 'buffer');
}

/**
 * HMAC-SHA-256 (RFC 2104) out of two one-shot hashes. Node's streaming `createHmac` costs four times as much at the
 * sizes of ids, and ids are derived many times per message; a property test holds the two together.
 */
export function hmacSha256(key: Uint8Array, message: readonly Uint8Array[]): Buffer {
  const ready = prepare(key);
  return finish(ready, Buffer.concat([ready.inner, ...message]));
}

/**
 * Derives an opaque id: HMAC-SHA-256 under the tenant's id key over the tag and the parts, each length-prefixed
 * so that no two part lists share an encoding; first 20 bytes as lower-case base32 (32 characters, a legal FHIR
 * id). The same parts always give the same id (blueprint §4, "Id form").
 */
export function derivedId(idKey: Uint8Array, tag: IdTag, parts: readonly (string | Uint8Array)[]): string {
  const ready = prepare(idKey);
  const all = [tag, ...parts];
  let size = blockBytes;
  for (const part of all) size += 4 + (typeof part === 'string' ? Buffer.byteLength(part) : part.length);
  const framed = Buffer.allocUnsafe(size);
  framed.set(ready.inner);
  let at = blockBytes;
  for (const part of all) {
    const length = typeof part === 'string' ? framed.write(part, at + 4) : part.length;
    if (typeof part !== 'string') framed.set(part, at + 4);
    framed.writeUInt32BE(length, at);
    at += 4 + length;
  }
  return base32(finish(ready, framed).subarray(0, 20));
}

/** Id of a source record: one assigning authority's canonical URI and one trimmed CX.1. */
export function sourceRecordId(idKey: Uint8Array, authority: string, identifier: string): string {
  return derivedId(idKey, 'srid', [authority, identifier.trim()]);
}

/** SHA-256 of public content (plans, maps, policies) as lower-case hex; never for message content. */
export function publicHash(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** Keyed hash of message content for headers and ledgers: low-entropy content must not be guessable from it. */
export function contentHash(idKey: Uint8Array, content: string | Uint8Array): string {
  return derivedId(idKey, 'content', [content]);
}

/**
 * Keyed hash by which a control id is found again: it is in the header of every event of the message, in
 * `item.controlHash` of its exceptions, and in the message store.
 */
export function controlHash(idKey: Uint8Array, interfaceId: string, controlId: string): string {
  return contentHash(idKey, `${interfaceId}|${controlId}`);
}
