import { describe, expect, test } from '@jest/globals';
import { splitBatch } from './batch.js';

const m = (id: string) => `MSH|^~\\&|A|||||ADT^A01|${id}\rPID|1`;
const bytesOf = (lines: readonly string[]) => Buffer.from(lines.join('\r'));

function split(...lines: string[]) {
  const bytes = bytesOf(lines);
  const result = splitBatch(bytes);
  const parts = result.messages.map(({ batch, span }) => [
    batch,
    bytes.subarray(span.start, span.end).toString().replace(/\r$/, ''),
  ]);
  return { parts, rules: result.findings.map(finding => finding.rule), enveloped: result.enveloped };
}

describe('splitBatch', () => {
  test('given one message without envelope, it is all of it', () => {
    expect(split(m('1'))).toEqual({ parts: [[null, m('1')]], rules: [], enveloped: false });
  });

  test('given several messages without envelope, each is told', () => {
    expect(split(m('1'), '', m('2')).parts).toHaveLength(2);
  });

  test('given a file of two batches, each message knows its batch', () => {
    const file = ['FHS|^~\\&', 'BHS|^~\\&', m('1'), m('2'), 'BTS|2', 'BHS|^~\\&', m('3'), 'BTS|1', 'FTS|2'];
    expect(split(...file)).toEqual({
      parts: [
        [0, m('1')],
        [0, m('2')],
        [1, m('3')],
      ],
      rules: [],
      enveloped: true,
    });
    expect(splitBatch(bytesOf(file))).toMatchObject({
      fileHeader: { start: 0, end: 8 },
      batchHeaders: [{}, {}],
    });
  });

  test.each([
    ['wrong counts', ['FHS|', 'BHS|', m('1'), 'BTS|7', 'FTS|3'], ['batch-count', 'batch-count']],
    ['no counts', ['FHS|', 'BHS|', m('1'), 'BTS', 'FTS'], []],
    ['no trailers', ['FHS|', 'BHS|', m('1')], ['batch-trailer-missing', 'batch-trailer-missing']],
    ['no headers', [m('1'), 'BTS|1', 'FTS|0'], ['batch-header-missing', 'batch-header-missing']],
    ['a batch within a batch', ['BHS|', m('1'), 'BHS|', m('1'), 'BTS|1'], ['batch-trailer-missing']],
    ['a second file header', ['FHS|', 'FHS|', m('1'), 'FTS|0'], ['batch-nested']],
    ['stray lines', ['hello', 'hello', m('1')], ['batch-stray-content']],
  ])('given %s, no message is lost and it is a finding', (_, lines, rules) => {
    const result = split(...lines);
    expect(result.rules).toEqual(rules);
    for (const [, text] of result.parts) expect(text).toBe(m('1'));
    expect(result.parts.length).toBe(lines.filter(line => line === m('1')).length);
  });

  test('given a byte order mark and LF, ranges still fit', () => {
    const bytes = Buffer.from(`\ufeff\nBHS|\n${m('1').replace('\r', '\n')}\nBTS|1\n`);
    const [part] = splitBatch(bytes).messages;
    expect(bytes.subarray(part?.span.start, part?.span.end).toString()).toBe(
      `${m('1').replace('\r', '\n')}\n`,
    );
  });

  test('a word that begins like an envelope is content', () => {
    expect(split(`${m('1')}\rMSHELL\rBTSA|1`).parts).toHaveLength(1);
  });
});
