import { describe, expect, test } from '@jest/globals';
import { outcomeIssues, validateResource } from './validate.js';

const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
const codes = (resource: unknown) => validateResource(resource).map(({ code, path }) => `${code} ${path}`);

describe('validateResource', () => {
  test.each([
    ['a minimal Observation', observation],
    [
      'choices, backbones and references to other backbones',
      {
        ...observation,
        valueQuantity: { value: 1, comparator: '<' },
        component: [{ code: { text: 'y' }, referenceRange: [{ text: '1-2' }] }],
      },
    ],
    [
      'extensions of a primitive without value',
      {
        resourceType: 'Patient',
        _birthDate: { extension: [{ url: 'urn:x', valueString: 'long ago' }] },
      },
    ],
    [
      'extensions in a list of primitives',
      {
        resourceType: 'Patient',
        name: [{ given: ['A', null], _given: [null, { extension: [{ url: 'urn:x', valueCode: 'y' }] }] }],
      },
    ],
    [
      'a required element that has only an extension',
      {
        ...observation,
        status: undefined,
        _status: { extension: [{ url: 'urn:x', valueCode: 'y' }] },
      },
    ],
    [
      'a contained resource',
      { ...observation, contained: [{ resourceType: 'Patient', id: 'p', active: true }] },
    ],
  ])('%s is valid', (_, resource) => {
    expect(codes(JSON.parse(JSON.stringify(resource)))).toEqual([]);
  });

  test.each([
    ['no resource', 'text', 'structure '],
    ['an unknown type', { resourceType: 'Nothing' }, 'not-supported Nothing'],
    ['an unknown element', { ...observation, colour: 'red' }, 'structure Observation.colour'],
    ['a missing element', { ...observation, code: undefined }, 'required Observation.code'],
    ['a list where none may be', { ...observation, status: ['final'] }, 'structure Observation.status'],
    ['no list where one must be', { ...observation, category: {} }, 'structure Observation.category'],
    ['an empty list', { ...observation, category: [] }, 'structure Observation.category'],
    ['an empty element', { ...observation, code: {} }, 'structure Observation.code'],
    ['a code outside the value set', { ...observation, status: 'done' }, 'code-invalid Observation.status'],
    [
      'two types of one choice',
      { ...observation, valueString: 'a', valueInteger: 1 },
      'structure Observation.value[x]',
    ],
    [
      'a type that the choice lacks',
      { ...observation, valueAttachment: {} },
      'structure Observation.valueAttachment',
    ],
    ['a bad date', { resourceType: 'Patient', birthDate: '2023-02-30' }, 'value Patient.birthDate'],
    [
      'a time without offset',
      { ...observation, effectiveDateTime: '2023-02-03T10:00:00' },
      'value Observation.effectiveDateTime',
    ],
    ['blank text', { ...observation, code: { text: ' ' } }, 'value Observation.code.text'],
    ['control characters', { ...observation, code: { text: 'a\u0001' } }, 'value Observation.code.text'],
    ['a bad id', { ...observation, id: 'a b' }, 'value Observation.id'],
    [
      'an extension without URL',
      { ...observation, extension: [{ valueString: 'x' }] },
      'required Observation.extension[0].url',
    ],
    ['a sibling of no primitive', { ...observation, _code: {} }, 'structure Observation.code'],
    [
      'text where a number belongs',
      { ...observation, valueQuantity: { value: '1' } },
      'value Observation.valueQuantity.value',
    ],
  ])('%s is not', (_, resource, wanted) => {
    expect(codes(typeof resource === 'string' ? resource : JSON.parse(JSON.stringify(resource)))).toContain(
      wanted,
    );
  });

  test('issues tell the place and no content', () => {
    const [issue] = outcomeIssues(validateResource({ ...observation, status: 'secret' }));
    expect(issue).toEqual({
      severity: 'error',
      code: 'code-invalid',
      diagnostics: 'Code is not in the required value set',
      expression: ['Observation.status'],
    });
  });
});
