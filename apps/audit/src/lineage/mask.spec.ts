import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maskedText, readMessage } from './mask.js';

const mask = (text: string): string => {
  const bytes = Buffer.from(text);
  return maskedText(bytes, readMessage(bytes));
};

describe('a masked message', () => {
  it('shows its shape and type, and no value', () => {
    const text =
      'MSH|^~\\&|LAB|HOSP|||20260301||ORU^R01|77|P|2.5\rPID|1||4711^^^A&1.2&ISO~12||EVERYWOMAN^EVE\r';
    expect(mask(text)).toBe('MSH|^~\\&|*|*|||*||ORU^R01|*|P|2.5\rPID|*||*^^^*&*&*~*||*^*\r');
  });

  it('hides bytes that are no message, and content where a segment name should be', () => {
    expect(mask('EVERYWOMAN')).toBe('*');
    expect(mask('MSH|^~\\&|L\rEVERYWOMAN EVE\rPID|1\r')).not.toMatch(/EVE/);
  });

  it('never shows a value of a field, whatever stands around it', () => {
    const piece = fc.string({ unit: fc.constantFrom('|', '^', '&', '~', '\\', '\r', '\n', 'a', ' ', 'é') });
    fc.assert(
      fc.property(piece, piece, (before, after) => {
        expect(mask(`MSH|^~\\&|L\rPID|${before}|Zebra|${after}`)).not.toContain('Zebra');
      }),
    );
  });
});
