import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

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

/** Preparing a key costs more than hashing with it (15 µs against 4 µs), and a process knows few keys. */
const prepared = new WeakMap<Uint8Array, KeyObject>();

function keyObject(key: Uint8Array): KeyObject {
  let found = prepared.get(key);
  if (!found) {
    found = createSecretKey(key);
    prepared.set(key, found);
  }
  return found;
}

/**
 * Derives an opaque id: HMAC-SHA-256 under the tenant's id key over the tag and the parts, each length-prefixed
 * so that no two part lists share an encoding; first 20 bytes as lower-case base32 (32 characters, a legal FHIR
 * id). The same parts always give the same id (blueprint §4, "Id form").
 */
export function derivedId(idKey: Uint8Array, tag: IdTag, parts: readonly (string | Uint8Array)[]): string {
  const mac = createHmac('sha256', keyObject(idKey));
  const length = Buffer.allocUnsafe(4);
  for (const part of [tag, ...parts]) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    length.writeUInt32BE(bytes.length);
    mac.update(length);
    mac.update(bytes);
  }
  return base32(mac.digest().subarray(0, 20));
}

/** Id of a source record: one assigning authority's canonical URI and one trimmed CX.1. */
export function sourceRecordId(idKey: Uint8Array, authority: string, identifier: string): string {
  return derivedId(idKey, 'srid', [authority, identifier.trim()]);
}

/** SHA-256 of public content (plans, maps, policies) as lower-case hex; never for message content. */
export function publicHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Keyed hash of message content for headers and ledgers: low-entropy content must not be guessable from it. */
export function contentHash(idKey: Uint8Array, content: string | Uint8Array): string {
  return derivedId(idKey, 'content', [content]);
}
