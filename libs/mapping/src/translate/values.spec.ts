import { describe, expect, test } from '@jest/globals';
import { validateResource } from '@anamnesis/fhir';
import { fixture, oru, resources, translated, type Resource } from '../fixtures/fixture.js';

const translation = translated(fixture('oru-value-types.hl7'), 'lab-results');
const byCode = new Map<string, Resource>();
for (const one of resources(translation, 'Observation')) {
  const [coding] = (one.code as { coding: { code: string }[] }).coding;
  byCode.set(coding?.code ?? '', one);
}

describe('OBX-5 by OBX-2', () => {
  test.each([
    ['A', { valueQuantity: { comparator: '>=', value: 1234.5, unit: 'mg/dL' } }],
    ['B', { valueString: 'NEG' }],
    ['C', { component: [{ valueQuantity: { value: 1 } }, { valueQuantity: { value: 2, unit: 'unit' } }] }],
    ['D', { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }],
    ['E', { valueRange: { low: { value: 1, code: 'mg' }, high: { value: 3, code: 'mg' } } }],
    ['F', { valueQuantity: { comparator: '<=', value: 7.1, code: 'mg' } }],
    ['G', { valueString: '^2^+' }],
    ['H', { valueCodeableConcept: { coding: [{ code: '27268008' }, { code: 'SAL' }] } }],
    [
      'I',
      {
        component: [
          { code: { coding: [{ code: 'I' }] } },
          { valueCodeableConcept: { coding: [{ code: 'B' }] } },
        ],
      },
    ],
    ['J', { valueString: 'line one^with caret\nline two' }],
    ['M', { valueDateTime: '2026-03-05T10:00:00-05:00' }],
    ['N', { _valueDateTime: { extension: [{ valueCode: 'as-text' }, { valueString: '20260231' }] } }],
    ['O', { valueTime: '11:30:00' }],
    ['P', { extension: [{ valueAttachment: { contentType: 'application/pdf', data: 'JVBERi0x' } }] }],
    [
      'Q',
      { extension: [{ valueAttachment: { contentType: 'image/jpeg', url: 'https://pacs.example.org/1' } }] },
    ],
    ['R', { valueString: 'free text' }],
    ['S', { dataAbsentReason: { coding: [{ code: 'not-asked' }] } }],
    ['V', { valuePeriod: { start: '2026-03-01', end: '2026-03-02' } }],
    ['W', { valueRange: { low: { value: 1 }, high: { value: 2 } } }],
  ])('%s', (code, wanted) => {
    expect(byCode.get(code)).toMatchObject(wanted);
  });

  test('whatever is sent, the resources are valid', () => {
    for (const { resource } of translation.payload.resources) expect(validateResource(resource)).toEqual([]);
  });

  test('what cannot be converted is found where it stands', () => {
    expect(translation.payload.findings.map(({ rule, sourcePath }) => `${rule} ${sourcePath}`)).toEqual([
      'number/unreadable OBX[2]-5',
      'time/unreadable OBX[16]-5',
      'code/unmapped OBX[22]-11',
      'value/explicit-null OBX[23]-5',
    ]);
    expect(translation.payload.leaves.reported.map(({ path }) => path)).toEqual([
      'OBX[2]-6',
      'OBX[22]-5',
      'OBX[23]-5',
    ]);
  });

  test('equal results of one report are told apart by occurrence, sub-ids by themselves', () => {
    const ids = resources(translation, 'Observation').map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('OBX-11', () => {
  test.each([
    ['P', 'preliminary'],
    ['R', 'preliminary'],
    ['F', 'final'],
    ['C', 'corrected'],
    ['A', 'amended'],
    ['X', 'cancelled'],
    ['W', 'entered-in-error'],
    ['D', 'entered-in-error'],
    ['I', 'registered'],
    ['', 'unknown'],
    ['?', 'unknown'],
  ])('"%s" is %s', (code, status) => {
    const one = translated(oru([{ 2: 'ST', 5: 'x', 11: code }]), 'lab-results');
    expect(resources(one, 'Observation')).toMatchObject([{ status }]);
  });
});
