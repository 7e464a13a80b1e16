import { describe, expect, test } from '@jest/globals';
import { fixture, sridOf, translated } from '../fixtures/fixture.js';
import { explainField, invert } from './query.js';

const text = fixture('adt-admission.hl7');
const { lineage } = translated(text, 'adt-main');
const patient = `Patient/${sridOf('M0000001')}`;
const bytes = Buffer.from(text);
const said = (start: number, end: number) => bytes.subarray(start, end).toString();

describe('lineage', () => {
  test('names rule, map and the very bytes', () => {
    const [entry] = explainField(lineage, `${patient}.name[0].family`);
    expect(entry).toMatchObject({
      rule: 'PID-5/XPN.1',
      map: 'PID[Patient]',
      source: [{ path: 'PID-5[1].1' }],
    });
    const { start = 0, end = 0 } = entry?.source[0] ?? {};
    expect(said(start, end)).toBe('Everywoman');
  });

  test('a constant comes from the field that gave rise to it', () => {
    const entry = lineage.find(({ target }) => target.endsWith('participant[0].type[0].coding[0].code'));
    const { path, start = 0, end = 0 } = entry?.source[0] ?? { path: '' };
    expect([path, said(start, end)]).toEqual(['PV1-7', '1001^Attending^Test^^^Dr.^^^GENHOS']);
  });

  test('a display name comes from its parts', () => {
    const entry = lineage.find(({ target }) => target.endsWith('participant[0].individual.display'));
    expect(entry?.source.map(({ start, end }) => said(start, end))).toEqual(['Attending^Test^^^Dr.']);
  });

  test('a reference comes from what the id comes from', () => {
    const [subject] = lineage.filter(({ target }) => target.endsWith('.subject.reference'));
    const [id] = explainField(lineage, `${patient}.id`);
    expect(subject?.source).toEqual(id?.source);
    expect(id?.source.map(({ path }) => path)).toEqual(['PID-3[1].1', 'PID-3[1].4']);
  });

  test('the effective time has its source', () => {
    expect(explainField(lineage, 'effectiveTime')[0]?.source[0]?.path).toBe('EVN-6');
  });
});

describe('invert', () => {
  const targets = (path: string) =>
    invert(lineage, path).map(({ target }) => target.replace(`${patient}.`, ''));

  test.each([
    ['PID-8', ['gender']],
    ['PID-11.3', ['address[0].city']],
    ['PID-11[1].3', ['address[0].city']],
    ['PID-11[2].3', []],
    ['PID-5[2].2', ['name[1].given[0]']],
    ['PID-5.2', ['name[0].given[0]', 'name[1].given[0]']],
    ['PID[1]-8', ['gender']],
    ['PID-99', []],
    ['nonsense', []],
  ])('%s went to %p', (path, wanted) => expect(targets(path)).toEqual(wanted));

  test('a whole segment went to everything that it gave', () => {
    expect(targets('PD1')).toEqual([
      'generalPractitioner[0].identifier.value',
      'generalPractitioner[0].display',
      'generalPractitioner[0].type',
    ]);
  });

  test('a part finds what came from the whole', () => {
    expect(targets('PV1-7.2')).toEqual(
      expect.arrayContaining([expect.stringContaining('participant[0].type[0].coding[0].code')]),
    );
  });
});

describe('explainField', () => {
  test('an element holds those below it, and no neighbour', () => {
    const found = explainField(lineage, `${patient}.name[1]`).map(({ target }) => target);
    expect(found).toEqual(['family', 'given[0]', 'use'].map(name => `${patient}.name[1].${name}`));
  });
});
