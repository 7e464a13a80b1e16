import type { Delimiters, Hl7Finding } from './types.js';

/** The delimiters of the standard, for messages of our own making (HL7 v2.9 §2.5.4). */
export const standardDelimiters: Delimiters = {
  field: 0x7c,
  component: 0x5e,
  repetition: 0x7e,
  escape: 0x5c,
  subcomponent: 0x26,
  truncation: null,
};

export const CR = 13;
export const LF = 10;

export function isLetter(byte: number): boolean {
  return (byte > 64 && byte < 91) || (byte > 96 && byte < 123);
}

export function isLetterOrDigit(byte: number): boolean {
  return isLetter(byte) || (byte > 47 && byte < 58);
}

/** Blanks, quotes (they spell `""`), letters, digits and bytes beyond ASCII cannot delimit. */
function canDelimit(byte: number): boolean {
  return (
    byte > 0 &&
    byte < 0x7f &&
    byte !== CR &&
    byte !== LF &&
    byte !== 32 &&
    byte !== 34 &&
    !isLetterOrDigit(byte)
  );
}

/**
 * Reads MSH-1 and MSH-2 of the header that begins at `header`. Four characters are usual, a fifth declares
 * truncation; with fewer, the missing component and repetition separators take their standard values and the
 * rest stay undeclared. Returns null when a declared character cannot delimit.
 */
export function readDelimiters(bytes: Uint8Array, header: number, findings: Hl7Finding[]): Delimiters | null {
  if (isStandard(bytes, header)) return standardDelimiters;
  const field = bytes[header + 3] ?? 0;
  if (!canDelimit(field)) return null;
  const start = header + 4;
  let end = start;
  while (end < bytes.length && bytes[end] !== field && bytes[end] !== CR && bytes[end] !== LF) end += 1;
  const declared: (number | null)[] = [];
  for (let at = start; at < end && at < start + 5; at += 1) {
    const byte = bytes[at] ?? 0;
    if (!canDelimit(byte)) return null;
    declared.push(declared.includes(byte) ? null : byte);
  }
  const span = { start, end };
  if (end - start > 5)
    findings.push(
      finding('encoding-characters-long', span, 'More than five encoding characters: the rest is not used.'),
    );
  if (declared.includes(null))
    findings.push(
      finding(
        'encoding-characters-clash',
        span,
        'One encoding character is declared twice: the later use is dropped.',
      ),
    );
  if (declared.length < 2)
    findings.push(finding('encoding-characters-missing', span, 'Standard encoding characters are assumed.'));
  const component = declared[0] ?? spare(field, [0x5e, 0x7e, 0x26], []);
  const repetition = declared[1] ?? spare(field, [0x7e, 0x5e, 0x26], [component]);
  return {
    field,
    component,
    repetition,
    escape: declared[2] ?? null,
    subcomponent: declared[3] ?? null,
    truncation: declared[4] ?? null,
  };
}

/** Nearly every sender's `|^~\&|`: one object for all of their messages. */
function isStandard(bytes: Uint8Array, header: number): boolean {
  return (
    bytes[header + 3] === 0x7c &&
    bytes[header + 4] === 0x5e &&
    bytes[header + 5] === 0x7e &&
    bytes[header + 6] === 0x5c &&
    bytes[header + 7] === 0x26 &&
    bytes[header + 8] === 0x7c
  );
}

function spare(field: number, candidates: readonly number[], taken: readonly number[]): number {
  return candidates.find(byte => byte !== field && !taken.includes(byte)) ?? 0x5e;
}

function finding(rule: string, span: { start: number; end: number }, note: string): Hl7Finding {
  return { rule, severity: 'warning', span, path: 'MSH-2', note };
}
