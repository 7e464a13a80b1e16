import { describe, expect, test } from '@jest/globals';
import { header } from './header.js';
import type { Message } from './message.js';
import { structureOf } from './structures.js';
import { tokenise } from './tokenise.js';

const read = (text: string) => tokenise(Buffer.from(text)) as Message;

test('given a full header, every part is told', () => {
  const text =
    'MSH|^~\\&|LAB^1.2.3^ISO|NORTH|EHR|SOUTH|20240102030405+0100||ORU^R01^ORU_R01|42|P^A|2.5.1^USA|||AL|NE';
  expect(header(read(text))).toEqual({
    sendingApplication: { namespace: 'LAB', universalId: '1.2.3', universalIdType: 'ISO' },
    sendingFacility: { namespace: 'NORTH', universalId: '', universalIdType: '' },
    receivingApplication: { namespace: 'EHR', universalId: '', universalIdType: '' },
    receivingFacility: { namespace: 'SOUTH', universalId: '', universalIdType: '' },
    timestamp: '20240102030405+0100',
    type: { code: 'ORU', trigger: 'R01', structure: 'ORU_R01', declared: 'ORU_R01' },
    controlId: '42',
    processingId: 'P',
    version: '2.5.1',
    acceptAck: 'AL',
    applicationAck: 'NE',
  });
});

test('given a short header, what is missing is empty', () => {
  expect(header(read('MSH|^~\\&'))).toMatchObject({
    controlId: '',
    type: { code: '', structure: '' },
    applicationAck: '',
  });
});

describe('structure of a message without MSH-9.3', () => {
  test.each([
    ['ADT', 'A01', 'ADT_A01'],
    ['ADT', 'A04', 'ADT_A01'],
    ['ADT', 'A08', 'ADT_A01'],
    ['ADT', 'A13', 'ADT_A01'],
    ['ADT', 'A28', 'ADT_A05'],
    ['ADT', 'A31', 'ADT_A05'],
    ['ADT', 'A40', 'ADT_A39'],
    ['ADT', 'A47', 'ADT_A30'],
    ['ADT', 'A03', 'ADT_A03'],
    ['ORU', 'R01', 'ORU_R01'],
    ['SIU', 'S14', 'SIU_S12'],
    ['MDM', 'T10', 'MDM_T02'],
    ['ACK', 'A01', 'ACK'],
    ['ADT', '', ''],
  ])('%s^%s is %s', (code, trigger, structure) => {
    expect(structureOf(code, trigger)).toBe(structure);
    expect(header(read(`MSH|^~\\&|||||||${code}^${trigger}`)).type.structure).toBe(structure);
  });

  test('a declared structure is kept', () => {
    expect(header(read('MSH|^~\\&|||||||ADT^A04^ADT_A04')).type.structure).toBe('ADT_A04');
  });
});
