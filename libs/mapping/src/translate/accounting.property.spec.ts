import { describe, expect, test } from '@jest/globals';
import { checkPayload } from '@anamnesis/contracts';
import { validateResource } from '@anamnesis/fhir';
import fc from 'fast-check';
import { attempt, fixture, segment } from '../fixtures/fixture.js';

/** Field contents with everything that makes fields awkward: delimiters, escapes, nulls, blanks, bad bytes. */
const piece = fc.oneof(
  fc.constantFrom(
    '',
    '""',
    ' ',
    '\\T\\',
    '\\X00\\',
    '20260305',
    '240000',
    '<5',
    'Y',
    'NM',
    'CWE',
    'SN',
    'F',
    'é',
    'GENHOS',
  ),
  fc.string({ maxLength: 6, unit: 'binary' }).map(text => text.replace(/[\r\n|]/g, '')),
);
const content = fc
  .array(fc.tuple(piece, fc.constantFrom('', '^', '&', '~')), { maxLength: 6 })
  .map(parts => parts.flat().join(''));
const fields = fc.array(fc.tuple(fc.integer({ min: 1, max: 52 }), content), { maxLength: 14 });
const segments = fc.array(
  fc.tuple(fc.constantFrom('PID', 'PD1', 'PV1', 'OBR', 'OBX', 'NTE', 'SPM', 'ORC', 'MRG', 'ZZZ'), fields),
  {
    maxLength: 8,
  },
);
const heads = [
  'MSH|^~\\&|LABSYS|GENHOS|||20260305101500||ORU^R01^ORU_R01|C|P|2.5.1\rPID|1||M1^^^GENHOS^MR\rOBR|1||F1|A^b^L\r',
  'MSH|^~\\&|ADTSYS|GENHOS|||20260305101500||ADT^A08|C|P|2.5.1\rPID|1||M1^^^GENHOS^MR\r',
  'MSH|^~\\&|ADTSYS|GENHOS|||20260305101500||ADT^A40|C|P|2.5.1\rPID|1||M1^^^GENHOS^MR\rMRG|M2^^^GENHOS^MR\r',
];

const messages = fc
  .tuple(fc.constantFrom(...heads), segments)
  .map(
    ([head, list]) => head + list.map(([name, given]) => segment(name, Object.fromEntries(given))).join('\r'),
  );

describe('any message', () => {
  test('is translated or set aside, never thrown over; every leaf is accounted for; every resource is valid', () => {
    fc.assert(
      fc.property(messages, fc.constantFrom('samples', 'adt-main', 'lab-results'), (text, name) => {
        const result = attempt(text, name);
        if (!result.ok) return;
        const { leaves, resources } = result.payload;
        expect(leaves.mapped + leaves.ignored + leaves.reported.length).toBe(leaves.total);
        for (const { resource } of resources) expect(validateResource(resource)).toEqual([]);
        checkPayload('message.translated.v1', result.payload, 'closed');
        for (const { source } of result.lineage) expect(source.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });

  test('gives the same output, lineage and hashes every time', () => {
    fc.assert(
      fc.property(messages, text => {
        const [one, two] = [attempt(text, 'samples'), attempt(text, 'samples')];
        expect(JSON.stringify(two)).toBe(JSON.stringify(one));
      }),
      { numRuns: 50 },
    );
  });

  test('any bytes are answered', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        expect(attempt(bytes, 'samples').ok).toBe(false);
      }),
    );
  });
});

describe('lineage', () => {
  test.each([
    ['adt-admission.hl7', 'adt-main'],
    ['oru-blood-count.hl7', 'lab-results'],
    ['oru-value-types.hl7', 'lab-results'],
  ])('%s: every element of every resource has an entry', (file, name) => {
    const result = attempt(fixture(file), name);
    if (!result.ok) throw new Error(result.reason);
    const targets = new Set(result.lineage.map(entry => entry.target));
    const missing: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (Array.isArray(value)) value.forEach((one, at) => walk(one, `${path}[${at}]`));
      else if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key.replace(/^_/, '')}`);
      else if (!targets.has(path)) missing.push(path);
    };
    for (const { type, id, resource } of result.payload.resources) {
      for (const [key, value] of Object.entries(resource))
        if (key !== 'resourceType') walk(value, `${type}/${id}.${key.replace(/^_/, '')}`);
    }
    expect(missing).toEqual([]);
  });
});
