import { describe, expect, test } from '@jest/globals';
import { isHl7Error } from './errors.js';
import type { Message } from './message.js';
import { tokenise, type TokeniserOptions } from './tokenise.js';

function read(text: string | Uint8Array, options?: TokeniserOptions): Message {
  const result = tokenise(typeof text === 'string' ? Buffer.from(text) : text, options);
  if (isHl7Error(result)) throw result;
  return result;
}

function codeOf(text: string | Uint8Array, options?: TokeniserOptions): string {
  const result = tokenise(typeof text === 'string' ? Buffer.from(text) : text, options);
  return isHl7Error(result) ? result.code : 'none';
}

const rules = (message: Message) => message.findings.map(finding => finding.rule);
const msh = 'MSH|^~\\&|APP|FAC|||20240101||ADT^A01|7|P|2.5.1';

describe('line ends', () => {
  const lines = [msh, 'EVN|A01|2024', 'PID|1||10^^^N'];
  test.each([
    ['CR', lines.join('\r') + '\r'],
    ['LF', lines.join('\n') + '\n'],
    ['CRLF', lines.join('\r\n') + '\r\n'],
    ['mixed', `${lines[0]}\r\n${lines[1]}\n${lines[2]}\r`],
    ['no last line end', lines.join('\r')],
    ['blank lines', `\r\n\n${lines.join('\r\r\n \n')}\n\n`],
    ['a byte order mark', `\ufeff${lines.join('\n')}`],
    ['a byte order mark and blank lines', `\ufeff\n \r${lines.join('\n')}`],
  ])('%s', (_, text) => {
    const message = read(text);
    expect([0, 1, 2].map(i => message.segmentName(i))).toEqual(['MSH', 'EVN', 'PID']);
    expect(message.segmentCount).toBe(3);
    expect(message.text(2, 3)).toBe('10');
    expect(message.text(2, 3, 1, 4)).toBe('N');
    expect(rules(message)).toEqual([]);
  });

  test.each(['\r', '\n', '\r\n'])('given %j inside OBX-5, the line belongs to the field before it', end => {
    const message = read(`${msh}\rOBX|1|TX|R||first${end}second|third${end}${end}fourth|mg\rNTE|1||end`);
    expect(message.segmentCount).toBe(3);
    expect(message.text(1, 5)).toBe('first\nsecond');
    expect(message.fieldText(1, 6)).toBe(`third\n\nfourth`);
    expect(message.text(1, 7)).toBe('mg');
    expect(rules(message)).toEqual(['line-continued']);
  });

  test('given a bare segment and then text, the text is its first field', () => {
    const message = read(`${msh}\rEVN\rsome text|x\rPID|1`);
    expect(message.text(1, 1)).toBe('some text');
    expect(message.text(1, 2)).toBe('x');
    expect(rules(message)).toEqual(['segment-without-fields', 'line-continued']);
  });

  test('given a thousand lines of text, one finding', () => {
    const message = read(`${msh}\rOBX|1|TX|R||a${'\nsome words'.repeat(1000)}`);
    expect(rules(message)).toEqual(['line-continued']);
  });
});

describe('delimiters', () => {
  test('MSH-1 is the separator; MSH-2 is never split and never unescaped', () => {
    const message = read(msh);
    expect(message.text(0, 1)).toBe('|');
    expect(message.text(0, 2)).toBe('^~\\&');
    expect(message.componentCount(0, 2)).toBe(1);
    expect(message.text(0, 2, 1, 2)).toBe('');
    expect(message.text(0, 3)).toBe('APP');
    expect(message.fieldCount(0)).toBe(12);
  });

  test('given other delimiters, they are used', () => {
    const message = read('MSH$%*@!$APP\rPID$1$$1%2!3*4@F@5');
    expect(message.text(1, 3, 1, 2, 2)).toBe('3');
    expect(message.text(1, 3, 2)).toBe('4$5');
    expect(message.delimiters).toMatchObject({ field: 36, component: 37, truncation: null });
  });

  test('given five encoding characters, the fifth is the truncation character', () => {
    const message = read('MSH|^~\\&#|APP\rPID|1||a\\P\\b#');
    expect(message.delimiters.truncation).toBe(35);
    expect(message.text(1, 3)).toBe('a#b#');
  });

  test.each([
    ['MSH||APP', 'encoding-characters-missing', [0x5e, 0x7e, null, null]],
    ['MSH|^|APP', 'encoding-characters-missing', [0x5e, 0x7e, null, null]],
    ['MSH^~|APP', 'encoding-characters-missing', undefined],
    ['MSH|^~\\^|APP', 'encoding-characters-clash', [0x5e, 0x7e, 0x5c, null]],
    ['MSH|^~\\&#%|APP', 'encoding-characters-long', [0x5e, 0x7e, 0x5c, 0x26]],
  ])('given %s, %s', (text, rule, expected) => {
    if (expected === undefined) return expect(codeOf(text)).toBe('ANM_HL7_DELIMITERS');
    const { component, repetition, escape, subcomponent } = read(text).delimiters;
    expect(rules(read(text))).toEqual([rule]);
    expect([component, repetition, escape, subcomponent]).toEqual(expected);
  });
});

describe('refusals', () => {
  test.each([
    ['', 'ANM_HL7_EMPTY'],
    ['\ufeff\r\n', 'ANM_HL7_EMPTY'],
    ['PID|1', 'ANM_HL7_NO_HEADER'],
    ['GET / HTTP/1.1\r\n', 'ANM_HL7_NO_HEADER'],
    ['FHS|^~\\&|\rMSH|^~\\&|', 'ANM_HL7_NO_HEADER'],
    ['MSH', 'ANM_HL7_DELIMITERS'],
    ['MSHA^~\\&A', 'ANM_HL7_DELIMITERS'],
    ['MSH|APP|FAC', 'ANM_HL7_DELIMITERS'],
  ])('%j is %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test('limits are told as errors', () => {
    expect(codeOf(msh, { limits: { bytes: 10 } })).toBe('ANM_HL7_LIMIT');
    expect(codeOf(`${msh}\rPID|1\rPV1|1`, { limits: { segments: 2 } })).toBe('ANM_HL7_LIMIT');
    expect(codeOf(`${msh}\rPID|1~2~3~4~5^6`, { limits: { tokens: 20 } })).toBe('ANM_HL7_LIMIT');
    expect(codeOf(`${msh}\rPID|1~2~3~4~5^6`, { limits: { tokens: 30 } })).toBe('none');
  });

  test('errors say what to do and hold no content', () => {
    const error = tokenise(Buffer.from('SECRET'));
    expect(error).toMatchObject({ disposition: 'park', message: expect.not.stringContaining('SECRET') });
  });
});

describe('presence', () => {
  const message = read(`${msh}\rPID|1||10^""^^N|||""|x^""|\r`);
  test.each([
    ['PID-3', '10', 'valued'],
    ['PID-3.2', '', 'null'],
    ['PID-3.3', '', 'absent'],
    ['PID-4', '', 'absent'],
    ['PID-6', '', 'null'],
    ['PID-7.2', '', 'null'],
    ['PID-40', '', 'absent'],
    ['PID-3[9].1.1', '', 'absent'],
    ['PID-3.1.2', '', 'absent'],
  ])('%s is %j, %s', (path, text, presence) => {
    const location = message.locate(path);
    expect(location && message.value(location)).toMatchObject({ text, presence });
  });

  test('an absent value has the empty span where it would be', () => {
    const { span } = message.value({ segment: 1, field: 4 });
    expect(span.start).toBe(span.end);
    expect(message.rawText(0, span.start).endsWith('^^N|')).toBe(true);
  });

  test('counts', () => {
    const counted = read(`${msh}\rPID|1||a~b^c&d&e|`);
    expect(counted.repetitionCount(1, 3)).toBe(2);
    expect(counted.repetitionCount(1, 4)).toBe(0);
    expect(counted.componentCount(1, 3, 2)).toBe(2);
    expect(counted.subcomponentCount(1, 3, 2, 2)).toBe(3);
    expect(counted.fieldCount(1)).toBe(4);
    expect(counted.fieldCount(9)).toBe(0);
  });

  test('repetitions and components read backwards as well as forwards', () => {
    const repeated = read(`${msh}\rPID|1||a^b~c^d~e^f`);
    const order = [3, 1, 2, 3, 2, 1];
    expect(order.map(r => [repeated.text(1, 3, r, 2), repeated.text(1, 3, r, 1)].join(''))).toEqual([
      'fe',
      'ba',
      'dc',
      'fe',
      'dc',
      'ba',
    ]);
  });

  test.each([
    ['repetitions', '~'],
    ['components', '^'],
    ['subcomponents', '&'],
  ])('a field of a hundred thousand %s reads in linear time', (_, delimiter) => {
    const count = 100_000;
    const many = read(`${msh}\rPID|1||${Array.from({ length: count }, (_, i) => i).join(delimiter)}`);
    const at = (i: number, own: string) => (delimiter === own ? i : 1);
    for (let i = 1; i <= count; i += 1)
      if (many.text(1, 3, at(i, '~'), at(i, '^'), at(i, '&')) !== String(i - 1))
        throw new Error(`wrong at ${i}`);
    expect(many.leaves().filter(leaf => leaf.path.startsWith('PID-3'))).toHaveLength(count);
  });
});

describe('character sets', () => {
  const withSet = (set: string, content: Buffer) =>
    Buffer.concat([Buffer.from(`${msh}||||||${set}\rPID|1||||`), content, Buffer.from('|x')]);
  test.each([
    ['UNICODE UTF-8', Buffer.from('Zoë'), 'Zoë'],
    ['8859/1', Buffer.from([0x5a, 0x6f, 0xeb]), 'Zoë'],
    ['8859/15', Buffer.from([0xa4]), '€'],
    ['8859/5', Buffer.from([0xb6]), 'Ж'],
    ['KS X 1001', Buffer.from([0xb0, 0xa1]), '가'],
    ['8859/2~UNICODE UTF-8', Buffer.from([0xb1]), 'ą'],
    ['', Buffer.from('Zoë'), 'Zoë'],
  ])('MSH-18 %j', (set, content, text) => {
    const message = read(withSet(set, content));
    expect(message.text(1, 5)).toBe(text);
    expect(rules(message)).toEqual([]);
  });

  test('without MSH-18 the default of the sender is used', () => {
    expect(read(withSet('', Buffer.from([0xeb])), { defaultCharset: '8859/1' }).text(1, 5)).toBe('ë');
  });

  test('given an unknown set, the default is used and it is a finding', () => {
    expect(rules(read(withSet('KLINGON', Buffer.from('Zoë'))))).toEqual(['charset-unknown']);
  });

  test('given invalid UTF-8, Latin-1 is used and the finding points at the first bad byte', () => {
    const bytes = withSet('UNICODE UTF-8', Buffer.from([0x5a, 0xc3, 0xab, 0xeb]));
    const message = read(bytes);
    expect(message.charset).toBe('iso-8859-1');
    expect(message.text(1, 5)).toBe('ZÃ«ë');
    expect(message.findings).toMatchObject([
      { rule: 'charset-fallback', span: { start: bytes.indexOf(0xeb) } },
    ]);
  });

  test('given ASCII declared and UTF-8 sent, UTF-8 is read and it is a finding', () => {
    const message = read(withSet('ASCII', Buffer.from('Zoë')));
    expect(message.text(1, 5)).toBe('Zoë');
    expect(rules(message)).toEqual(['charset-fallback']);
  });

  test('a message beyond 64 KiB reads like a short one', () => {
    const long = 'Zoë '.repeat(30_000);
    expect(read(withSet('UNICODE UTF-8', Buffer.from(long))).text(1, 5)).toBe(long);
    expect(read(withSet('', Buffer.from('a'.repeat(99_999)))).text(1, 5)).toHaveLength(99_999);
  });
});
