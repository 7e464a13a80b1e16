import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bodyHashOf, canonicalText, contentOf, feedOf, withServerMeta } from './content.js';

const idKey = Buffer.alloc(32, 7);
const json = fc.jsonValue({ maxDepth: 3 });

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, shuffled(member)]),
  );
}

describe('canonical text', () => {
  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, value =>
        expect(JSON.parse(canonicalText(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(fc.property(json, value => expect(canonicalText(shuffled(value))).toBe(canonicalText(value))));
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        fc.pre(JSON.stringify(shuffled(a)) !== JSON.stringify(shuffled(b)));
        const same =
          JSON.stringify(JSON.parse(canonicalText(a))) === JSON.stringify(JSON.parse(canonicalText(b)));
        expect(canonicalText(a) === canonicalText(b)).toBe(same);
      }),
    );
  });

  it('holds no raw line feed, which separates bodies on their way to the database', () => {
    expect(JSON.stringify({ a: 'x\ny\u2028' })).not.toContain('\n');
    expect(canonicalText('x\ny"\\\u0001')).toBe('"x\\ny\\"\\\\\\u0001"');
  });
});

describe('the hash of a body', () => {
  const body = { resourceType: 'Patient', id: 'a', meta: { tag: [{ code: 't' }] }, gender: 'female' };

  it('leaves out what the server writes, and nothing else', () => {
    const stored = withServerMeta(body, { version: 3, time: 0, source: 'urn:anamnesis:interface:lab' });
    expect(stored['meta']).toEqual({
      tag: [{ code: 't' }],
      versionId: '3',
      lastUpdated: '1970-01-01T00:00:00.000Z',
      source: 'urn:anamnesis:interface:lab',
    });
    expect(bodyHashOf(idKey, stored)).toBe(bodyHashOf(idKey, body));
    expect(bodyHashOf(idKey, { ...body, meta: undefined })).not.toBe(bodyHashOf(idKey, body));
    expect(
      contentOf(withServerMeta({ resourceType: 'Patient' }, { version: 1, time: 0, source: 's' })),
    ).toEqual({
      resourceType: 'Patient',
      id: undefined,
    });
    expect(feedOf(stored)).toBe('lab');
  });
});
