import fc from 'fast-check';
import { patientUpdate } from './patient.js';
import type { Resource } from './types.js';

const patient = (identifiers: readonly { system: string; value: string }[]): Resource => ({
  resourceType: 'Patient',
  id: 'p',
  ...(identifiers.length === 0 ? {} : { identifier: identifiers }),
});

const identifiers = fc.uniqueArray(
  fc.record({ system: fc.constantFrom('mr', 'ni', 'dl'), value: fc.constantFrom('1', '2', '3') }),
  { selector: one => `${one.system} ${one.value}` },
);

const keys = (resource: Resource): string[] =>
  ((resource['identifier'] ?? []) as { system: string; value: string }[]).map(
    one => `${one.system} ${one.value}`,
  );

describe('an update of a patient', () => {
  // Symptom: after a merge the survivor had lost its national number. Cause: the merge names one identifier, and the
  // list was replaced as a whole. Fix: identifiers are added to.
  it('takes no identifier away, and keeps the order of what was sent', () => {
    fc.assert(
      fc.property(identifiers, identifiers, (before, sent) => {
        const after = keys(patientUpdate(patient(before), patient(sent)));
        expect(after.slice(0, sent.length)).toEqual(keys(patient(sent)));
        expect([...after].sort()).toEqual(
          [...new Set([...keys(patient(before)), ...keys(patient(sent))])].sort(),
        );
      }),
    );
  });

  it('says nothing new when the same message comes again', () => {
    fc.assert(
      fc.property(identifiers, identifiers, (before, sent) => {
        const once = patientUpdate(patient(before), patient(sent));
        expect(patientUpdate(once, patient(sent))).toEqual(once);
      }),
    );
  });

  it('replaces the elements that it names and keeps the others', () => {
    const stored = { ...patient([]), gender: 'female', birthDate: '1962-03-20' };
    expect(patientUpdate(stored, { ...patient([]), gender: 'unknown' })).toEqual({
      ...stored,
      gender: 'unknown',
    });
  });
});
