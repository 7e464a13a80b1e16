import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { standardDelimiters } from './delimiters.js';
import { escape, unescape } from './escape.js';
import type { Delimiters } from './types.js';

const dotted: Delimiters = { ...standardDelimiters, component: 0x2e, truncation: 0x23 };
const without: Delimiters = { ...standardDelimiters, escape: null, subcomponent: null };

describe('unescape', () => {
  test.each([
    ['a\\F\\b', 'a|b'],
    ['\\S\\\\T\\\\R\\\\E\\', '^&~\\'],
    ['\\H\\bold\\N\\', 'bold'],
    ['a\\.br\\b', 'a\nb'],
    ['a\\.sp\\b', 'a\nb'],
    ['a\\.sp3\\b', 'a\n\n\nb'],
    ['a\\.sp 2\\b', 'a\n\nb'],
    ['a\\.sp9999\\b', 'a\\.sp9999\\b'],
    ['\\X41\\', 'A'],
    ['\\X0D0A\\', '\r\n'],
    ['\\XC3AB\\', 'ë'],
    ['\\XC3\\\\XAB\\', 'ë'],
    ['\\XEB\\', 'ë'],
    ['\\X4\\', '\\X4\\'],
    ['\\X4G\\', '\\X4G\\'],
    ['\\X\\', '\\X\\'],
    ['\\C2842\\', '\\C2842\\'],
    ['\\Q\\', '\\Q\\'],
    ['\\F', '\\F'],
    ['\\', '\\'],
    ['\\\\', '\\\\'],
    ['C:\\temp\\F\\x', 'C:\\temp|x'],
    ['\\f\\', '\\f\\'],
    ['\\F\\\\F\\', '||'],
    ['plain', 'plain'],
  ])('%j gives %j', (text, expected) => {
    expect(unescape(text, standardDelimiters)).toBe(expected);
  });

  test('bytes of hex sequences are in the character set of the message', () => {
    expect(unescape('\\XA4\\', standardDelimiters, 'iso-8859-15')).toBe('€');
  });

  test('what is not declared has no sequence', () => {
    expect(unescape('\\F\\', without)).toBe('\\F\\');
    expect(unescape('\\P\\', standardDelimiters)).toBe('\\P\\');
  });
});

describe('escape', () => {
  test.each([
    ['a|b^c~d\\e&f', 'a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f'],
    ['one\ntwo', 'one\\.br\\two'],
    ['""', '\\X2222\\'],
    ['#', '#'],
  ])('%j gives %j', (text, expected) => {
    expect(escape(text, standardDelimiters)).toBe(expected);
  });

  test('without an escape character delimiters become blanks', () => {
    expect(escape('a|b^c&d', without)).toBe('a b c&d');
  });

  test.each([standardDelimiters, dotted])('given any text, unescape gives it back (%#)', delimiters => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('\\', '|', '.', 'F', 'X41', '\r', '\n', '.br', '"'))
        .map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(text, value => {
        const escaped = escape(value, delimiters);
        expect(unescape(escaped, delimiters)).toBe(value);
        expect(escaped).not.toMatch(/[|~&\r\n]/);
        expect(escaped.includes(String.fromCharCode(delimiters.component))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
