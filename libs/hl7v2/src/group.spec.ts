import { describe, expect, test } from '@jest/globals';
import { group } from './group.js';
import type { Message } from './message.js';
import { tokenise } from './tokenise.js';
import type { Group } from './tree.js';

function read(type: string, names: string): Message {
  const segments = names.split(' ').map((name, i) => `${name}|${i + 1}`);
  return tokenise(Buffer.from(`MSH|^~\\&|||||||${type}\r${segments.join('\r')}`)) as Message;
}

/** `ORU_R01(MSH PATIENT_RESULT(PATIENT(PID)))`: segments by name, then the child groups. */
function shown(message: Message, tree: Group = group(message)): string {
  const inner = [
    ...tree.segments.map(segment => message.segmentName(segment)),
    ...tree.children.map(child => shown(message, child)),
  ];
  return `${tree.name}(${inner.join(' ')})`;
}

const rules = (message: Message) => group(message).findings.map(finding => finding.rule);

describe('ORU_R01', () => {
  test.each([
    [
      'the usual result',
      'PID PD1 NTE PV1 ORC OBR NTE TQ1 OBX NTE NTE OBX SPM',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID PD1 NTE PV1) ORDER_OBSERVATION(ORC OBR NTE TQ1 OBSERVATION(OBX NTE NTE) OBSERVATION(OBX) SPECIMEN(SPM))))',
      [],
    ],
    [
      'several orders, with and without ORC',
      'PID ORC OBR OBX OBR OBX ORC OBR',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(ORC OBR OBSERVATION(OBX)) ORDER_OBSERVATION(OBR OBSERVATION(OBX)) ORDER_OBSERVATION(ORC OBR)))',
      [],
    ],
    [
      'OBX after SPM stays with its order (a converter that expects it only before SPM loses every observation)',
      'PID OBR SPM OBX NTE OBX OBR SPM',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR SPECIMEN(SPM) OBSERVATION(OBX NTE) OBSERVATION(OBX)) ORDER_OBSERVATION(OBR SPECIMEN(SPM))))',
      ['observation-after-specimen', 'observation-after-specimen'],
    ],
    [
      'a second PID begins a new result',
      'PID OBR OBX PID OBR OBX',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX))) PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX))))',
      ['patient-repeated'],
    ],
    [
      'Z and unknown segments go to the last open group',
      'PID ZPI OBR ZBR OBX ZBX XYZ NTE',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID ZPI) ORDER_OBSERVATION(OBR ZBR OBSERVATION(OBX ZBX XYZ NTE))))',
      ['segment-local', 'segment-local', 'segment-local', 'segment-unknown'],
    ],
    [
      'ORC without OBR keeps its observations',
      'PID ORC OBX ORC OBR',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(ORC OBSERVATION(OBX)) ORDER_OBSERVATION(ORC OBR)))',
      ['order-without-request'],
    ],
    [
      'OBX without any order',
      'PID OBX NTE',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBSERVATION(OBX NTE))))',
      ['order-without-request'],
    ],
    [
      'an order before any patient does not take the next one',
      'OBR OBX PID OBR',
      'ORU_R01(MSH PATIENT_RESULT(ORDER_OBSERVATION(OBR OBSERVATION(OBX))) PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR)))',
      ['patient-missing'],
    ],
    [
      'PV1 before PID',
      'PV1 PID OBR',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PV1 PID) ORDER_OBSERVATION(OBR)))',
      ['patient-missing'],
    ],
    [
      'PV1 after an order; the note after it is still about the order',
      'PID OBR PV1 NTE',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID PV1) ORDER_OBSERVATION(OBR NTE)))',
      ['segment-out-of-order'],
    ],
    [
      'a note before everything',
      'NTE PID DSC',
      'ORU_R01(MSH NTE DSC PATIENT_RESULT(PATIENT(PID)))',
      ['note-unbound'],
    ],
    ['nothing but a header', 'SFT', 'ORU_R01(MSH SFT)', []],
  ])('%s', (_, names, tree, expected) => {
    const message = read('ORU^R01^ORU_R01', names);
    expect(shown(message)).toBe(tree);
    expect(rules(message)).toEqual(expected);
  });
});

describe('ADT_A39', () => {
  test.each([
    ['one merge', 'EVN PID PD1 MRG PV1', 'ADT_A39(MSH EVN PATIENT(PID PD1 MRG PV1))', []],
    ['several merges', 'EVN PID MRG PID MRG', 'ADT_A39(MSH EVN PATIENT(PID MRG) PATIENT(PID MRG))', []],
    ['two MRG for one PID', 'EVN PID MRG MRG', 'ADT_A39(MSH EVN PATIENT(PID MRG MRG))', ['merge-repeated']],
    [
      'a patient without MRG',
      'EVN PID PID MRG',
      'ADT_A39(MSH EVN PATIENT(PID) PATIENT(PID MRG))',
      ['merge-missing'],
    ],
    ['MRG without PID', 'EVN MRG', 'ADT_A39(MSH EVN PATIENT(MRG))', ['patient-missing']],
    ['a local segment', 'EVN PID ZID MRG', 'ADT_A39(MSH EVN PATIENT(PID ZID MRG))', ['segment-local']],
    ['EVN at the end', 'PID MRG EVN', 'ADT_A39(MSH EVN PATIENT(PID MRG))', ['segment-out-of-order']],
  ])('%s', (_, names, tree, expected) => {
    const message = read('ADT^A40', names);
    expect(shown(message)).toBe(tree);
    expect(rules(message)).toEqual(expected);
  });

  test('the trigger decides over a wrong MSH-9.3', () => {
    const message = read('ADT^A40^ADT_A01', 'EVN PID MRG');
    expect(shown(message)).toBe('ADT_A39(MSH EVN PATIENT(PID MRG))');
    expect(rules(message)).toEqual(['structure-mismatch']);
  });
});

describe('flat structures', () => {
  test('ADT_A01 and unknown structures are one group in order', () => {
    expect(shown(read('ADT^A04', 'EVN PID NK1 PV1 ZPV OBX'))).toBe('ADT_A01(MSH EVN PID NK1 PV1 ZPV OBX)');
    expect(shown(read('XXX^Y01', 'PID ABC'))).toBe('XXX_Y01(MSH PID ABC)');
    expect(shown(read('', 'PID'))).toBe('(MSH PID)');
  });

  test('a second patient is a finding', () => {
    expect(rules(read('ADT^A01', 'EVN PID PV1 PID'))).toEqual(['patient-repeated']);
  });
});

test('findings name the segment and its bytes, never content', () => {
  const message = read('ORU^R01', 'PID OBR ZZZ');
  const finding = group(message).findings[0];
  expect(finding).toMatchObject({ rule: 'segment-local', span: message.segmentSpan(3) });
});
