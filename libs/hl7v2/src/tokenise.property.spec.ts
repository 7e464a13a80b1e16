import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acknowledge } from './acknowledge.js';
import { splitBatch } from './batch.js';
import { isHl7Error } from './errors.js';
import { group } from './group.js';
import { header } from './header.js';
import type { Message } from './message.js';
import { canonicalPatientIds } from './patientIds.js';
import { tokenise } from './tokenise.js';
import type { Group } from './tree.js';

/** Bytes that matter to a tokeniser, in any order. */
const anyText = fc
  .array(
    fc.constantFrom(
      '|',
      '^',
      '~',
      '\\',
      '&',
      '\r',
      '\n',
      '"',
      '""',
      'A',
      'F',
      '.br',
      'X0',
      ' ',
      'é',
      'PID',
      'OBX|',
      'OBR|',
      'MSH|',
      'MRG',
      'Z01',
    ),
  )
  .map(parts => parts.join(''));
const anyMessage = fc
  .tuple(
    fc.constantFrom('MSH|^~\\&|', 'MSH|^~\\&#|', 'MSH|', 'MSH|^~|', 'MSH$%*@!$', '\ufeff\nMSH|^~\\&|'),
    fc.constantFrom('', 'A|B|C|D|2024||ORU^R01|7|P|2.5.1\r', 'A|B|C|D|2024||ADT^A40|7|P|2.3\r'),
    anyText,
  )
  .map(parts => Buffer.from(parts.join('')));
const anyBytes = fc.oneof(
  anyMessage,
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(anyMessage, fc.uint8Array({ maxLength: 40 })).map(all => Buffer.concat(all)),
);

function read(bytes: Uint8Array): Message | null {
  const result = tokenise(bytes);
  return isHl7Error(result) ? null : result;
}

function ordinals(tree: Group): number[] {
  return [...tree.segments, ...tree.children.flatMap(ordinals)];
}

describe('for any bytes', () => {
  test('nothing throws', () => {
    fc.assert(
      fc.property(anyBytes, bytes => {
        const message = read(bytes);
        splitBatch(bytes);
        acknowledge(
          message,
          { code: 'AE', error: { condition: 101, text: 'x', location: 'MSH^1^10' } },
          { controlId: '1', timestamp: '2' },
        );
        if (!message) return;
        header(message);
        message.leaves();
        for (let i = 0; i < message.segmentCount; i += 1) canonicalPatientIds(message, i);
      }),
      { numRuns: 2000 },
    );
  });

  test('segments, fields and what is between them give the bytes back', () => {
    fc.assert(
      fc.property(anyBytes, bytes => {
        const message = read(bytes);
        if (!message) return;
        let at = 0;
        for (let i = 0; i < message.segmentCount; i += 1) {
          const { start, end } = message.segmentSpan(i);
          expect(Buffer.from(bytes.subarray(at, start)).toString('latin1')).toMatch(/^(ï»¿)?[\0-\x20]*$/);
          expect(message.segmentName(i)).toBe(
            Buffer.from(bytes.subarray(start, start + 3)).toString('latin1'),
          );
          let inside = start + 3;
          for (let f = 1; f <= message.fieldCount(i); f += 1) {
            const field = message.fieldSpan(i, f);
            const between = Buffer.from(bytes.subarray(inside, field.start)).toString('latin1');
            const separator = String.fromCharCode(message.delimiters.field);
            expect([separator, '']).toContain(between.replace(/[\0-\x20]+/, ''));
            inside = field.end;
          }
          expect(inside).toBe(end);
          at = end;
        }
        expect(Buffer.from(bytes.subarray(at)).toString('latin1')).toMatch(/^[\0-\x20]*$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('every leaf is where its path says, and no byte of a field is outside of leaves and delimiters', () => {
    fc.assert(
      fc.property(anyBytes, bytes => {
        const message = read(bytes);
        if (!message) return;
        const covered = new Set<number>();
        for (const leaf of message.leaves()) {
          expect(message.path(leaf.location)).toBe(leaf.path);
          const located = message.locate(leaf.path);
          expect(located).toEqual(leaf.location);
          expect(message.value(leaf.location)).toMatchObject({ span: leaf.span, presence: leaf.presence });
          for (let at = leaf.span.start; at < leaf.span.end; at += 1) covered.add(at);
        }
        const { component, repetition, subcomponent } = message.delimiters;
        for (let i = 0; i < message.segmentCount; i += 1)
          for (let f = 1; f <= message.fieldCount(i); f += 1) {
            const { start, end } = message.fieldSpan(i, f);
            for (let at = start; at < end; at += 1)
              expect(covered.has(at) || [component, repetition, subcomponent].includes(bytes[at] ?? 0)).toBe(
                true,
              );
          }
      }),
      { numRuns: 1000 },
    );
  });

  test('reading in any order gives what reading one alone gives', () => {
    fc.assert(
      fc.property(anyMessage, fc.array(fc.nat()), (bytes, order) => {
        const message = read(bytes);
        if (!message) return;
        const leaves = message.leaves();
        for (const pick of order) {
          const leaf = leaves[pick % leaves.length];
          if (leaf) expect(message.value(leaf.location)).toEqual(read(bytes)?.value(leaf.location));
        }
      }),
    );
  });

  test('every segment has one place in its group tree', () => {
    fc.assert(
      fc.property(anyMessage, bytes => {
        const message = read(bytes);
        if (!message) return;
        const found = ordinals(group(message)).sort((a, b) => a - b);
        expect(found).toEqual(Array.from({ length: message.segmentCount }, (_, i) => i));
      }),
      { numRuns: 1000 },
    );
  });
});

test('CR, LF and CRLF give equal values', () => {
  const field = fc.stringMatching(/^[ -~]{0,12}$/);
  const segment = fc
    .tuple(fc.constantFrom('PID', 'OBX', 'Z01', 'some'), fc.array(field, { maxLength: 6 }))
    .map(([name, fields]) => [name, ...fields].join('|'));
  fc.assert(
    fc.property(fc.array(segment), segments => {
      const all = ['MSH|^~\\&|A|B', ...segments];
      const values = ['\r', '\n', '\r\n'].map(end => {
        const message = read(Buffer.from(all.join(end) + end));
        return message?.leaves().map(({ location, path }) => [path, message.value(location).text]);
      });
      expect(values[0]).toBeDefined();
      expect(values[1]).toEqual(values[0]);
      expect(values[2]).toEqual(values[0]);
    }),
    { numRuns: 500 },
  );
});
