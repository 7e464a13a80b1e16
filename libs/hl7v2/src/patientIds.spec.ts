import { expect, test } from '@jest/globals';
import type { Message } from './message.js';
import { canonicalPatientIds } from './patientIds.js';
import { tokenise } from './tokenise.js';

const read = (text: string) => tokenise(Buffer.from(`MSH|^~\\&|||||||ADT^A40\r${text}`)) as Message;
const brief = (message: Message, segment: number) =>
  canonicalPatientIds(message, segment).map(
    ({ source, repetition, id, authority, typeCode }) =>
      `${source}[${repetition}] ${id} ${authority.namespace}/${authority.universalId}/${authority.universalIdType} ${typeCode}`,
  );

test('given all places, PID-3 comes first with its repetitions, then PID-2 and PID-4', () => {
  const message = read('PID|1|E1^^^EXT| 100 ^^^NORTH&1.2.3&ISO^MR~""~~S9^^^STATE^SS|OLD');
  expect(brief(message, 1)).toEqual([
    'PID-3[1] 100 NORTH/1.2.3/ISO MR',
    'PID-3[4] S9 STATE// SS',
    'PID-2[1] E1 EXT// ',
    'PID-4[1] OLD // ',
  ]);
});

test('locations read back to the identifier', () => {
  const message = read('PID|1||100~200');
  for (const { id, location } of canonicalPatientIds(message, 1))
    expect(message.value(location).text).toBe(id);
});

test('MRG-1 names what is merged', () => {
  expect(brief(read('PID|1||100\rMRG|200^^^NORTH~300'), 2)).toEqual([
    'MRG-1[1] 200 NORTH// ',
    'MRG-1[2] 300 // ',
  ]);
});

test('other segments and absent identifiers have none', () => {
  const message = read('PID|1||   \rPV1|1|I');
  expect([0, 1, 2, 9].flatMap(segment => canonicalPatientIds(message, segment))).toEqual([]);
});
