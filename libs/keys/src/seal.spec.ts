import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { hasCode } from '@anamnesis/contracts';
import { open, pooledRandom, reseal, seal, type SealContext } from './seal.js';

const key = randomBytes(32);
const context: SealContext = {
  tenant: 'demo',
  topic: 'ingress.messages',
  type: 'message.received.v1',
  eventId: 'e1',
  keyId: 'k.1',
};

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('sealed payloads', () => {
  it('open to what was sealed, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        expect(open(seal(bytes, key, context, randomBytes), key, context)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('do not open for another tenant, topic, type, event or key id', () => {
    const sealed = seal(Buffer.from('x'), key, context, randomBytes);
    for (const field of ['tenant', 'topic', 'type', 'eventId', 'keyId'] as const) {
      const error = codeOf(() => open(sealed, key, { ...context, [field]: 'other' }));
      expect(hasCode(error, 'ANM_SEAL_BROKEN')).toBe(true);
    }
  });

  it('do not open when any byte was changed', () => {
    const sealed = seal(Buffer.from('some content of a message'), key, context, randomBytes);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), at => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(
          hasCode(
            codeOf(() => open(changed, key, context)),
            'ANM_SEAL_BROKEN',
          ),
        ).toBe(true);
      }),
    );
  });

  it('move to another event only by being sealed again', () => {
    const next = { ...context, topic: 'records.log', eventId: 'e2' };
    const moved = reseal(
      seal(Buffer.from('x'), key, context, randomBytes),
      { key, context },
      { key, context: next },
      randomBytes,
    );
    expect(open(moved, key, next).toString()).toBe('x');
    expect(
      hasCode(
        codeOf(() => open(moved, key, context)),
        'ANM_SEAL_BROKEN',
      ),
    ).toBe(true);
  });
});

describe('pooled random bytes', () => {
  it('hand out each byte of the source once', () => {
    let next = 0;
    const counting = (size: number): Buffer =>
      Buffer.from(Array.from({ length: size }, () => (next += 1) % 251));
    const random = pooledRandom(counting);
    const taken: number[] = [];
    for (let call = 0; call < 2_000; call += 1) taken.push(...random(12));
    const seen = new Set<string>();
    for (let at = 0; at < taken.length; at += 12) seen.add(taken.slice(at, at + 12).join());
    expect(random(100)).toHaveLength(100);
    expect(taken.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(seen.size).toBe(251);
  });
});
