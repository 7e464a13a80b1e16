import { describe, expect, test } from '@jest/globals';
import { references, searchTokens } from './search.js';
import { outcome, outcomeOf, statusOf } from './outcome.js';

describe('searchTokens', () => {
  test('a Patient is found by id and identifiers', () => {
    const patient = {
      resourceType: 'Patient',
      id: 'p',
      identifier: [{ system: 'urn:a', value: '1' }, { value: '2' }, {}],
    };
    expect(searchTokens(patient)).toEqual([
      { param: '_id', system: '', code: 'p' },
      { param: 'identifier', system: 'urn:a', code: '1' },
      { param: 'identifier', system: '', code: '2' },
    ]);
  });

  test('an Observation is found by code, subject and patient, each once', () => {
    const coding = { system: 'http://loinc.org', code: '718-7' };
    expect(
      searchTokens({
        resourceType: 'Observation',
        code: { coding: [coding, coding, { code: 'HB' }] },
        subject: { reference: 'Patient/p' },
      }),
    ).toEqual([
      { param: 'code', system: 'http://loinc.org', code: '718-7' },
      { param: 'code', system: '', code: 'HB' },
      { param: 'subject', system: 'Patient', code: 'p' },
      { param: 'patient', system: 'Patient', code: 'p' },
    ]);
  });

  test.each([
    ['https://example.org/fhir/Patient/p/_history/3', ['subject', 'patient']],
    ['Group/g', ['subject']],
    ['#contained', []],
    ['urn:uuid:1', []],
  ])('a subject %s gives %p', (reference, params) => {
    expect(searchTokens({ resourceType: 'Encounter', subject: { reference } }).map(one => one.param)).toEqual(
      params,
    );
  });
});

test('references are found wherever they are', () => {
  const resource = {
    resourceType: 'DiagnosticReport',
    subject: { reference: 'Patient/p' },
    result: [{ reference: 'Observation/a' }, { display: 'none' }],
    extension: [{ url: 'urn:x', valueReference: { reference: '#c' } }],
  };
  expect(references(resource)).toEqual([
    { path: 'DiagnosticReport.subject.reference', reference: 'Patient/p' },
    { path: 'DiagnosticReport.result[0].reference', reference: 'Observation/a' },
    { path: 'DiagnosticReport.extension[0].valueReference.reference', reference: '#c' },
  ]);
});

describe('outcomes', () => {
  test.each([
    ['deleted', 410],
    ['not-found', 404],
    ['forbidden', 403],
    ['conflict', 409],
    ['invalid', 400],
    ['transient', 503],
    ['something new', 500],
  ])('%s is %d', (code, status) => expect(statusOf(outcome(code, 'error', 'x'))).toBe(status));

  test('nothing wrong is 200, whatever was remarked', () => {
    expect(statusOf(outcomeOf([]))).toBe(200);
    expect(statusOf(outcome('not-found', 'warning', 'x'))).toBe(200);
    expect(statusOf(outcome('created', 'information', 'x'))).toBe(201);
  });

  test('the first error decides', () => {
    const issues = ['informational', 'conflict', 'deleted'].map(code => ({
      severity: code === 'informational' ? ('information' as const) : ('error' as const),
      code,
    }));
    expect(statusOf(outcomeOf(issues))).toBe(409);
  });
});
