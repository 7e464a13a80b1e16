import fc from 'fast-check';
import { strongEvidence, type Identifier } from './evidence.js';
import { defaultEvidencePolicy } from './evidencePolicy.js';

const idKey = Buffer.alloc(32, 1);
const typed = (code: string, value: string, more: Partial<Identifier> = {}): Identifier => ({
  value,
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] },
  ...more,
});
const evidence = (...identifier: Identifier[]) =>
  strongEvidence({ identifier }, idKey, defaultEvidencePolicy);

describe('strong evidence', () => {
  it('is a keyed hash that ignores punctuation', () => {
    const [found] = evidence(typed('SS', '123-45-6788'));
    expect(found).toEqual({ strength: 'strong', kind: 'SS', hash: expect.stringMatching(/^[a-z2-7]{32}$/) });
    expect(evidence(typed('SS', '123 45 6788'))).toEqual([found]);
    const otherTenant = Buffer.alloc(32, 2);
    expect(
      strongEvidence({ identifier: [typed('SS', '123456788')] }, otherTenant, defaultEvidencePolicy),
    ).not.toEqual([found]);
  });

  it('knows a social security number by its system alone', () => {
    expect(evidence({ system: 'http://hl7.org/fhir/sid/us-ssn', value: '123456788' })).toEqual(
      evidence(typed('SS', '123-45-6788')),
    );
  });

  it.each(['MR', 'PI', 'AN', 'VN', 'PT'])(
    'never takes a %s number, which only its own authority knows',
    code => {
      expect(evidence(typed(code, '4711-0815', { system: 'urn:oid:1.2.3' }))).toEqual([]);
    },
  );

  it.each([
    '000-00-0000',
    '999-99-9999',
    '111111111',
    '123456789',
    '987654321',
    '078-05-1120',
    '12',
    '',
    '666-12-3456',
  ])('takes %s for a placeholder', value => {
    expect(evidence(typed('SS', value))).toEqual([]);
  });

  it('never takes a value of one repeated digit, whatever its length and type', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('SS', 'NI', 'NH', 'JHN', 'PPN'),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 20 }),
        (code, digit, length) => {
          expect(evidence(typed(code, String(digit).repeat(length), { system: 'urn:oid:1.2.3' }))).toEqual(
            [],
          );
        },
      ),
    );
  });

  it('tells the same national number of two issuers apart and wants the issuer named', () => {
    const [a] = evidence(typed('NI', '84001177', { system: 'urn:oid:1' }));
    const [b] = evidence(typed('NI', '84001177', { system: 'urn:oid:2' }));
    expect(a?.hash).not.toBe(b?.hash);
    expect(evidence(typed('NI', '84001177'))).toEqual([]);
  });

  it('leaves retired identifiers out and keeps each once', () => {
    expect(evidence(typed('SS', '123-45-6788', { use: 'old' }))).toEqual([]);
    expect(evidence(typed('SS', '123-45-6788'), typed('SS', '123456788'))).toHaveLength(1);
  });

  it('answers nothing for any malformed identifier instead of failing', () => {
    fc.assert(
      fc.property(fc.anything(), identifier => {
        expect(Array.isArray(strongEvidence({ identifier }, idKey, defaultEvidencePolicy))).toBe(true);
      }),
    );
  });
});
