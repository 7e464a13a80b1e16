import { describe, expect, test } from '@jest/globals';
import { derivedId } from '@anamnesis/contracts';
import { adt, contract, fixture, parsed, sridOf, testKey } from '../fixtures/fixture.js';
import type { InterfaceContract } from '../interface/contract.js';
import { sourceRecords } from './sourceRecords.js';

const main = contract('adt-main');
const of = (text: string, interface_: InterfaceContract = main) =>
  sourceRecords(parsed(text), interface_, testKey, 'event-1');
const own = derivedId(testKey, 'unidentified', ['event-1']);

describe('sourceRecords', () => {
  test.each([
    ['PID-3', { 3: 'M1^^^GENHOS^MR' }],
    ['the number is trimmed', { 3: ' M1 ^^^GENHOS^MR' }],
    ['other authorities are evidence', { 3: 'X^^^ELSE~M1^^^GENHOS' }],
    ['PID-2 when PID-3 has none', { 2: 'M1^^^GENHOS', 3: 'X^^^ELSE', 4: 'M2^^^GENHOS' }],
    ['PID-4 at last', { 3: '', 4: 'M1^^^GENHOS' }],
    ['PID-3 before PID-2', { 2: 'M2^^^&2.16.840.1.113883.19.5&ISO', 3: 'M1^^^GENHOS' }],
    [
      'the preferred authority before the first repetition',
      { 3: 'M2^^^GENHOS~M1^^^&2.16.840.1.113883.19.5&ISO' },
    ],
  ])('%s', (_, pid) => {
    expect(of(adt('A01', pid))).toEqual({ srids: [sridOf('M1')], findings: [], unidentified: false });
  });

  test.each([
    ['no number', { 3: '' }],
    ['an authority that the contract does not know', { 3: 'M1^^^ELSE' }],
    ['no authority', { 3: 'M1' }],
    ['a deleted number', { 3: '""^^^GENHOS' }],
  ])('%s: the message is its own source record', (_, pid) => {
    const found = of(adt('A01', pid));
    expect(found).toMatchObject({ srids: [own], unidentified: true });
    expect(found.findings).toMatchObject([{ rule: 'source-record/unidentified', sourcePath: 'PID-3' }]);
  });

  test('no PID at all', () => {
    expect(of('MSH|^~\\&|A|B')).toEqual({ srids: [own], findings: [], unidentified: true });
  });

  test('a merge names the survivor first', () => {
    expect(of(fixture('adt-merge.hl7')).srids).toEqual([sridOf('M0000001'), sridOf('M0000009')]);
  });

  test('a merge that names none to replace has one part and a finding', () => {
    const found = of(fixture('adt-merge.hl7').replace('M0000009^^^GENHOS', 'X'));
    expect(found.srids).toEqual([sridOf('M0000001')]);
    expect(found.findings).toMatchObject([{ sourcePath: 'MRG-1' }]);
  });

  test('a result about two patients has two parts', () => {
    expect(of(fixture('oru-two-patients.hl7'), contract('lab-results')).srids).toEqual([
      sridOf('M0000001'),
      sridOf('M0000002'),
    ]);
  });

  test('a result that names one patient twice has one', () => {
    const text = fixture('oru-two-patients.hl7').replace('M0000002', 'M0000001');
    expect(of(text, contract('lab-results')).srids).toEqual([sridOf('M0000001')]);
  });
});
