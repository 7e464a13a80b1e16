import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { derivedId, hmacSha256, sourceRecordId } from './derivedId.js';

const key = Buffer.alloc(32, 7);
const otherKey = Buffer.alloc(32, 8);

describe('derived ids', () => {
  it('are legal FHIR ids of 32 characters', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), parts => {
        expect(derivedId(key, 'event', parts)).toMatch(/^[a-z2-7]{32}$/);
      }),
    );
  });

  it('hash as HMAC-SHA-256 does, for keys and messages of any size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.uint8Array()), (secret, message) => {
        const expected = createHmac('sha256', secret).update(Buffer.concat(message)).digest();
        expect(hmacSha256(secret, message)).toEqual(expected);
      }),
    );
  });

  it('never confuse two lists of parts that read the same when joined', () => {
    expect(derivedId(key, 'event', ['ab', 'c'])).not.toBe(derivedId(key, 'event', ['a', 'bc']));
    expect(derivedId(key, 'event', ['a', ''])).not.toBe(derivedId(key, 'event', ['a']));
  });

  it('differ by tag and by tenant key, so the same MRN in two tenants is two source records', () => {
    expect(derivedId(key, 'event', ['x'])).not.toBe(derivedId(key, 'resource', ['x']));
    expect(sourceRecordId(key, 'urn:oid:1.2.3', '4711')).not.toBe(
      sourceRecordId(otherKey, 'urn:oid:1.2.3', '4711'),
    );
  });

  it('trim the identifier, because senders pad CX.1', () => {
    expect(sourceRecordId(key, 'urn:oid:1.2.3', ' 4711 ')).toBe(sourceRecordId(key, 'urn:oid:1.2.3', '4711'));
  });
});
