import { describe, expect, test } from '@jest/globals';
import { validateResource } from '@anamnesis/fhir';
import { adt, resources, translated, type Resource } from '../fixtures/fixture.js';

function patient(pid: Record<number, string>): Resource {
  const translation = translated(adt('A08', pid), 'adt-main');
  const [found = {}] = resources(translation, 'Patient');
  expect(validateResource(found)).toEqual([]);
  return found;
}

describe('birth date', () => {
  test.each([
    ['19800214', '1980-02-14'],
    ['198002', '1980-02'],
    ['1980', '1980'],
    ['19800214233000-1000', '1980-02-14'],
    ['19800214003000+1300', '1980-02-14'],
  ])('%s is the date as sent: %s', (sent, birthDate) =>
    expect(patient({ 7: sent }).birthDate).toBe(birthDate),
  );

  test('with a time of day keeps it beside the date', () => {
    expect(patient({ 7: '19800214233000-0500' })).toMatchObject({
      _birthDate: { extension: [{ valueDateTime: '1980-02-14T23:30:00-05:00' }] },
    });
  });

  test.each(['00000000', '19801314', 'unknown', '0000'])('%s keeps its text, with a finding', sent => {
    const translation = translated(adt('A08', { 7: sent }), 'adt-main');
    const [found = {}] = resources(translation, 'Patient');
    expect(found.birthDate).toBeUndefined();
    expect(found._birthDate).toMatchObject({
      extension: expect.arrayContaining([expect.objectContaining({ valueString: sent })]),
    });
    expect(translation.payload.findings[0]).toMatchObject({
      rule: 'time/unreadable',
      sourcePath: 'PID-7',
      target: `Patient/${String(found.id)}.birthDate`,
    });
    expect(validateResource(found)).toEqual([]);
  });
});

describe('rules of PID', () => {
  test.each([
    [
      'PID-3 without authority in the contract keeps its name',
      { 3: 'M1^^^GENHOS^MR~X1^^^ELSE' },
      {
        identifier: [
          { value: 'M1', system: 'urn:oid:2.16.840.1.113883.19.5' },
          { value: 'X1', assigner: { display: 'ELSE' } },
        ],
      },
    ],
    [
      'PID-3 check digit',
      { 3: 'M1^4^M11^GENHOS^MR' },
      { identifier: [{ extension: [{ valueString: '4' }] }] },
    ],
    [
      'PID-5 partner name',
      { 5: 'Main&van&Own&zu&Partner^Eve' },
      {
        name: [
          {
            family: 'Main',
            _family: {
              extension: [
                { valueString: 'van' },
                { valueString: 'Own' },
                { valueString: 'zu' },
                { valueString: 'Partner' },
              ],
            },
          },
        ],
      },
    ],
    ['PID-6', { 6: 'Fixture^Ines' }, { extension: [{ valueString: 'Fixture' }] }],
    [
      'PID-8 not in the table keeps its text',
      { 8: 'X' },
      { _gender: { extension: [{}, { valueString: 'X' }] } },
    ],
    [
      'PID-11 parts of the street',
      { 11: 'Street 1&Street&1^Apt^City^ST^1^US^M' },
      {
        address: [{ line: ['Street 1', 'Street', '1', 'Apt'], city: 'City', state: 'ST', type: 'postal' }],
      },
    ],
    [
      'PID-12 goes to the only address',
      { 11: '^^City', 12: 'County' },
      { address: [{ city: 'City', district: 'County' }] },
    ],
    [
      'PID-12 stands alone beside several',
      { 11: '^^A~^^B', 12: 'County' },
      { address: [{}, {}, { district: 'County' }] },
    ],
    [
      'PID-13 as sent long ago',
      { 13: '(555)555-0001' },
      { telecom: [{ value: '(555)555-0001', use: 'home' }] },
    ],
    [
      'PID-13 mobile',
      { 13: '^^CP^^^^5550001' },
      { telecom: [{ value: '5550001', use: 'mobile', system: 'phone' }] },
    ],
    [
      'PID-16 with another system is translated beside it',
      { 16: 'V^Verh^99LOC' },
      { maritalStatus: { coding: [{ code: 'V' }] } },
    ],
    [
      'PID-16 in its own table is that coding',
      { 16: 'M' },
      {
        maritalStatus: {
          coding: [{ code: 'M', system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus' }],
        },
      },
    ],
    [
      'PID-16 mapped code stays first',
      { 16: 'G' },
      { maritalStatus: { coding: [{ code: 'G' }, { code: 'T' }] } },
    ],
    ['PID-24 and 25', { 24: 'Y', 25: '2' }, { multipleBirthInteger: 2 }],
    [
      'PID-26',
      { 26: 'AT^Austria^ISO3166_1' },
      { extension: [{ extension: [{ url: 'code', valueCodeableConcept: { coding: [{ code: 'AT' }] } }] }] },
    ],
    ['PID-29', { 29: '20260305', 30: 'Y' }, { deceasedDateTime: '2026-03-05' }],
    ['PID-30', { 30: 'Y' }, { deceasedBoolean: true }],
  ])('%s', (_, pid, wanted) => expect(patient(pid)).toMatchObject(wanted));
});

describe('nothing sent, and asked to delete', () => {
  test('an absent field writes nothing', () => expect(patient({ 8: '' }).gender).toBeUndefined());

  test('"" writes nothing, is reported and found with its target', () => {
    const { payload } = translated(adt('A08', { 8: '""' }), 'adt-main');
    expect(payload.resources[0]?.resource.gender).toBeUndefined();
    expect(payload.leaves.reported.map(one => one.path)).toContain('PID-8');
    expect(payload.findings).toMatchObject([{ rule: 'value/explicit-null', sourcePath: 'PID-8' }]);
  });

  test('blanks are ignored by a named rule', () => {
    const { payload } = translated(adt('A08', { 9: ' ' }), 'adt-main');
    expect(payload.rules).toContain('engine#blank');
  });
});
