import { describe, expect, test } from '@jest/globals';
import { acknowledge, type AcknowledgmentError, type Answer } from './acknowledge.js';
import type { Message } from './message.js';
import { tokenise } from './tokenise.js';

const facts = { controlId: 'ACK1', timestamp: '20240102030405+0000' };
const read = (text: string | Uint8Array) => tokenise(Buffer.from(text as string)) as Message;

function answered(original: string | null, answer: Answer, more = {}): string[] {
  const bytes = acknowledge(original === null ? null : read(original), answer, { ...facts, ...more });
  return bytes.toString('utf8').split('\r');
}

const original = 'MSH|^~\\&|LAB^1.2^ISO|NORTH|EHR|SOUTH|2024||ORU^R01^ORU_R01|42|T|2.5.1\rPID|1||SECRET';
const missing: AcknowledgmentError = { condition: 101, text: 'MSH-10 is empty', location: 'MSH^1^10' };

describe('given a message', () => {
  test('parties are swapped, MSA-2 echoes MSH-10, and the answer is itself a message', () => {
    const lines = answered(original, { code: 'AA' });
    expect(lines).toEqual([
      'MSH|^~\\&|EHR|SOUTH|LAB^1.2^ISO|NORTH|20240102030405+0000||ACK^R01^ACK|ACK1|T|2.5.1',
      'MSA|AA|42',
      '',
    ]);
    expect(read(lines.join('\r')).text(1, 2)).toBe('42');
  });

  test('names of our own replace those that were addressed', () => {
    const [head] = answered(original, { code: 'AA' }, { sendingApplication: 'A&B', sendingFacility: '' });
    expect(head).toContain('|A\\T\\B||LAB^1.2^ISO|');
  });

  test('no patient data comes back', () => {
    expect(answered(original, { code: 'AE', error: missing }).join()).not.toContain('SECRET');
  });

  test('the delimiters and the character set of the sender are used', () => {
    const custom = Buffer.from('MSH$%*@!$L%1$N$Zo\xeb$S$2024$$ADT%A01$4!2$P$2.3$$$$$$8859/1\r', 'latin1');
    const bytes = acknowledge(
      read(custom),
      { code: 'AE', error: { ...missing, text: 'costs $ or ë' } },
      facts,
    );
    expect(bytes.toString('latin1').split('\r')).toEqual([
      'MSH$%*@!$Zo\xeb$S$L%1$N$20240102030405+0000$$ACK%A01%ACK$ACK1$P$2.3$$$$$$8859/1',
      'MSA$AE$4!2$costs @F@ or \xeb',
      'ERR$MSH%1%10%101!!HL70357',
      '',
    ]);
  });

  test('line ends that strayed into the header do not break the answer', () => {
    const lines = answered('MSH|^~\\&|APP\nmore|FAC||||| ADT^A01|42', { code: 'AA' });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('|APP more|FAC|');
  });

  test('without trigger, processing id and version the answer has those of its own', () => {
    expect(answered('MSH|^~\\&|A|B', { code: 'AR' })).toEqual([
      'MSH|^~\\&|||A|B|20240102030405+0000||ACK|ACK1|P|2.5.1',
      'MSA|AR|',
      '',
    ]);
  });
});

describe('errors', () => {
  test.each(['2.5', '2.5.1', '2.8', '3', ''])('version %j has ERR-2 to ERR-8', version => {
    const text = original.replace('2.5.1', version);
    expect(answered(text, { code: 'AE', error: { ...missing, severity: 'F' } }).slice(1)).toEqual([
      'MSA|AE|42',
      'ERR||MSH^1^10|101^^HL70357|F||||MSH-10 is empty',
      '',
    ]);
  });

  test.each(['2.1', '2.3.1', '2.4'])('version %s has ERR-1 and MSA-3', version => {
    expect(answered(original.replace('2.5.1', version), { code: 'AE', error: missing }).slice(1)).toEqual([
      'MSA|AE|42|MSH-10 is empty',
      'ERR|MSH^1^10^101&&HL70357',
      '',
    ]);
  });

  test('an error without a place', () => {
    const error = { condition: 207, text: 'Send it again later' };
    expect(answered(original, { code: 'AR', error })[2]).toBe('ERR|||207^^HL70357|E||||Send it again later');
    expect(answered(original.replace('2.5.1', '2.3'), { code: 'AR', error })[2]).toBe('ERR|^^^207&&HL70357');
  });
});

test('given bytes that are no message, the answer is AR with an empty MSA-2', () => {
  const error = { condition: 100, text: 'No MSH segment' };
  expect(answered(null, { code: 'AR', error }, { sendingApplication: 'ANAMNESIS' })).toEqual([
    'MSH|^~\\&|ANAMNESIS||||20240102030405+0000||ACK|ACK1|P|2.5.1',
    'MSA|AR|',
    'ERR|||100^^HL70357|E||||No MSH segment',
    '',
  ]);
});
