import { describe, expect, test } from '@jest/globals';
import { checkPayload } from '@anamnesis/contracts';
import { validateResource } from '@anamnesis/fhir';
import { adt, attempt, fixture, oru, resources, sridOf, translated } from '../fixtures/fixture.js';

describe('an admission', () => {
  const translation = translated(fixture('adt-admission.hl7'), 'adt-main');
  const [patient = {}] = resources(translation, 'Patient');
  const [encounter = {}] = resources(translation, 'Encounter');

  test('gives the patient under its source record, from the authoritative feed', () => {
    expect(translation.payload.resources[0]).toMatchObject({
      type: 'Patient',
      id: sridOf('M0000001'),
      subject: sridOf('M0000001'),
      authority: 'feed',
    });
    expect(patient).toMatchObject({
      birthDate: '1980-02-14',
      gender: 'female',
      name: [
        { family: 'Everywoman', given: ['Eve', 'Q'], prefix: ['Ms.'], use: 'official' },
        { family: 'Sample', given: ['Eve'], use: 'maiden' },
      ],
      telecom: [
        { system: 'phone', use: 'home', value: '555 5550001' },
        { system: 'email', value: 'eve@example.org' },
        { system: 'phone', use: 'work', value: '555 5550002' },
      ],
    });
  });

  test('gives the visit with its own id, about that patient', () => {
    expect(encounter).toMatchObject({
      status: 'in-progress',
      class: { code: 'IMP' },
      subject: { reference: `Patient/${sridOf('M0000001')}` },
      period: { start: '2026-03-05T07:55:00+00:00' },
    });
  });

  test('takes its effective time from EVN-6 as a UTC instant', () => {
    expect(translation.payload.effectiveTime).toBe('2026-03-05T07:55:00.000Z');
  });

  test('meets the contract of the event and base R4', () => {
    expect(() => checkPayload('message.translated.v1', translation.payload, 'closed')).not.toThrow();
    for (const { resource } of translation.payload.resources) expect(validateResource(resource)).toEqual([]);
  });

  test('accounts for every leaf', () => {
    const { total, mapped, ignored, reported } = translation.payload.leaves;
    expect(mapped + ignored + reported.length).toBe(total);
    expect(reported.map(one => one.path)).toEqual(['PID-6.2', 'PID-18.1', 'PID-18.4', 'PID-18.5', 'PV1-18']);
  });
});

describe('a result', () => {
  const translation = translated(fixture('oru-blood-count.hl7'), 'lab-results');
  const observations = resources(translation, 'Observation');

  test('refers to patient and visit without claiming them', () => {
    const claims = translation.payload.resources.map(({ type, authority }) => `${type} ${authority}`);
    expect([...new Set(claims)]).toEqual([
      'Patient reference',
      'Encounter reference',
      'DiagnosticReport feed',
      'Observation feed',
      'Specimen feed',
    ]);
    expect(Object.keys(resources(translation, 'Patient')[0] ?? {}).sort()).toEqual(
      ['birthDate', 'gender', 'id', 'identifier', 'name', 'resourceType'].sort(),
    );
  });

  test('lists its observations in the report', () => {
    const [report = {}] = resources(translation, 'DiagnosticReport');
    expect(report.result).toEqual(observations.map(one => ({ reference: `Observation/${String(one.id)}` })));
    expect(report).toMatchObject({ status: 'final', issued: '2026-03-05T10:14:00+00:00' });
  });

  test('keeps comparator, unit, trailing zeros and notes', () => {
    expect(observations[4]).toMatchObject({
      valueQuantity: { value: 20, comparator: '<', code: '10*3/uL', system: 'http://unitsofmeasure.org' },
      interpretation: [{ coding: [{ code: 'LL', display: 'Critical low' }] }],
      note: [{ text: 'Recounted by hand\nSmear reviewed' }],
    });
    expect(observations[5]).toMatchObject({
      valueQuantity: { value: 29.3, extension: [{ valueInteger: 2 }] },
    });
  });

  test('gives results the time of OBR-22 and the rank of their status', () => {
    const report = translation.payload.resources.find(one => one.type === 'DiagnosticReport');
    expect(report).toMatchObject({ effectiveTime: '2026-03-05T10:14:00.000Z', statusRank: 2 });
  });

  test('is valid R4 and leaves nothing but the order and the ordering doctor unmapped', () => {
    for (const { resource } of translation.payload.resources) expect(validateResource(resource)).toEqual([]);
    const fields = translation.payload.leaves.reported.map(one => one.path.replace(/\..*/, ''));
    expect([...new Set(fields)]).toEqual(['ORC-1', 'ORC-2', 'ORC-3', 'OBR-16', 'NTE-2']);
  });

  test('preliminary, final and corrected are one Observation', () => {
    const ids = ['P', 'F', 'C'].map(status => {
      const one = translated(oru([{ 2: 'NM', 5: '1', 11: status }], { 25: status }), 'lab-results');
      return one.payload.resources.find(({ type }) => type === 'Observation');
    });
    expect(new Set(ids.map(one => one?.id)).size).toBe(1);
    expect(ids.map(one => one?.statusRank)).toEqual([1, 2, 3]);
  });

  test('without filler number gets ids of the message, with a finding', () => {
    const one = translated(oru([{ 2: 'NM', 5: '1' }], { 3: '' }), 'lab-results');
    expect(one.payload.findings.map(finding => finding.rule)).toEqual(['id/message-scoped']);
  });
});

describe('a result about two patients', () => {
  const text = fixture('oru-two-patients.hl7');

  test.each([
    [1, 'M0000001', 13.2],
    [2, 'M0000002', 14.9],
  ])('part %d holds the results of %s alone', (n, mrn, value) => {
    const translation = translated(text, 'lab-results', n);
    expect(new Set(translation.payload.resources.map(one => one.subject))).toEqual(new Set([sridOf(mrn)]));
    expect(resources(translation, 'Observation')).toMatchObject([{ valueQuantity: { value } }]);
    const { total, mapped, ignored, reported } = translation.payload.leaves;
    expect(mapped + ignored + reported.length).toBe(total);
    expect(translation.payload.rules).toContain('engine#other-record');
  });
});

describe('a merge', () => {
  const text = fixture('adt-merge.hl7');
  const identity = {
    class: 'merge',
    trigger: 'A40',
    survivor: sridOf('M0000001'),
    replaced: sridOf('M0000009'),
  };

  test('names survivor and replaced in both parts', () => {
    for (const n of [1, 2]) expect(translated(text, 'adt-main', n).payload.identity).toEqual(identity);
  });

  test('its first part is the survivor from PID, its second the replaced record from MRG', () => {
    expect(resources(translated(text, 'adt-main', 1), 'Patient')).toMatchObject([
      { id: identity.survivor, birthDate: '1980-02-14' },
    ]);
    const [replaced = {}] = resources(translated(text, 'adt-main', 2), 'Patient');
    expect(replaced).toMatchObject({ id: identity.replaced, identifier: [{ value: 'M0000009' }] });
    expect(replaced.birthDate).toBeUndefined();
  });
});

test('a translation is let go with its message: no getter of its own, which a hidden class would keep', () => {
  const translation = translated(adt('A08'), 'adt-main');
  expect(Object.getOwnPropertyDescriptor(translation, 'lineage')).toBeUndefined();
  expect(translation.lineage.length).toBeGreaterThan(0);
});

describe('visit status', () => {
  test.each([
    ['A01', {}, 'in-progress'],
    ['A01', { 2: 'P' }, 'planned'],
    ['A01', { 45: '20260306' }, 'finished'],
    ['A03', {}, 'finished'],
    ['A05', {}, 'planned'],
    ['A08', { 2: '' }, 'unknown'],
    ['A11', {}, 'cancelled'],
    ['A13', { 45: '20260306' }, 'in-progress'],
  ])('%s with %p is %s', (trigger, pv1, status) => {
    const translation = translated(adt(trigger, {}, pv1), 'adt-main');
    expect(resources(translation, 'Encounter')).toMatchObject([{ status }]);
    for (const { resource } of translation.payload.resources) expect(validateResource(resource)).toEqual([]);
  });
});

describe('messages that are set aside', () => {
  test.each([
    ['undecodable', 'hello', 'adt-main'],
    ['no-map', adt('A24'), 'adt-main'],
    ['no-map', 'MSH|^~\\&|A|B|||||', 'adt-main'],
    ['no-patient', 'MSH|^~\\&|A|B|||20260305||ADT^A01|C|P|2.5', 'adt-main'],
    ['unidentified-patient', adt('A01', { 3: '123^^^ELSEWHERE^MR' }), 'adt-main'],
    ['unidentified-patient', adt('A01', { 3: '' }), 'adt-main'],
    ['no-replaced-patient', fixture('adt-merge.hl7').replace('M0000009^^^GENHOS', 'X'), 'adt-main'],
    ['no-replaced-patient', fixture('adt-merge.hl7').replace('M0000009', 'M0000001'), 'adt-main'],
    ['repeated-merge', `${fixture('adt-merge.hl7')}\nPID|2||M3^^^GENHOS^MR\nMRG|M4^^^GENHOS^MR`, 'adt-main'],
  ])('%s', (code, text, name) => {
    expect(attempt(text, name)).toMatchObject({ ok: false, code });
  });
});
