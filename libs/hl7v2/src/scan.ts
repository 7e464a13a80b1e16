import { CR, LF, isLetter, isLetterOrDigit } from './delimiters.js';
import { limitPassed, type Hl7Error } from './errors.js';
import { grown, isHeaderName, nameCode, type Tape } from './tape.js';
import type { Delimiters, Hl7Finding } from './types.js';

/** How much one message may hold before it is refused. Tokens are fields, repetitions, components and below. */
export interface TokeniserLimits {
  readonly bytes: number;
  readonly segments: number;
  readonly tokens: number;
}

/** Roles of a byte in the scan. `BEYOND` is any byte beyond ASCII: it only shows that decoding needs care. */
const FIELD = 1;
const LINE_END = 2;
const INNER = 3;
const BEYOND = 4;

/** Role of every byte value under one set of delimiters; senders keep theirs, so the last table is kept too. */
let roles = new Uint8Array(256);
let rolesOf: Delimiters | undefined;

/** Scratch space shared by all calls (scanning is synchronous): a message allocates only what it keeps. */
let fields = new Int32Array(2048);
let segments = new Int32Array(512);

/**
 * Finds segments and fields in one pass. A line that begins with no segment name goes on with the field before it
 * (carriage returns inside OBX-5); this and other oddities are pushed to `findings`, once per segment.
 */
export function scan(
  bytes: Uint8Array,
  header: number,
  delimiters: Delimiters,
  limits: TokeniserLimits,
  findings: Hl7Finding[],
): Tape | Hl7Error {
  const { length } = bytes;
  const role = rolesFor(delimiters);
  const mostTokens = limits.tokens;
  let open = fields;
  let index = 0;
  let row = 0;
  let tokens = 0;
  let ascii = true;
  let continued = -1;
  let at = header;
  while (at < length) {
    const byte = bytes[at]!;
    if (byte <= 32 && isBlank(role[byte]!)) {
      at += 1;
      continue;
    }
    let start = at;
    if (beginsSegment(bytes, role, at)) {
      if (row >= limits.segments * 4) return limitPassed({ limit: 'segments', allowed: limits.segments });
      if (row + 8 > segments.length) segments = grown(segments);
      const code = nameCode(byte, bytes[at + 1]!, bytes[at + 2]!);
      segments[row] = at;
      segments[row + 1] = at + 3;
      segments[row + 2] = index >> 1;
      segments[row + 3] = code;
      row += 4;
      if (row > 4 && code === 0x4d5348) findings.push(secondHeader(start));
      at += 3;
      if (at >= length || role[bytes[at]!] !== FIELD) {
        findings.push(bareSegment(start));
        continue;
      }
      if (isHeaderName(code)) {
        if (index + 2 > open.length) open = fields = grown(open);
        open[index] = at;
        open[index + 1] = at + 1;
        index += 2;
      }
      at += 1;
      start = at;
    } else {
      // A report of a thousand lines is one oddity, not a thousand.
      if (row !== continued) findings.push(continuedLine(start));
      continued = row;
      if (index >> 1 > segments[row - 2]!) {
        index -= 2;
        start = open[index]!;
      }
    }
    for (; ; at += 1) {
      let kind = LINE_END;
      while (at < length && (kind = role[bytes[at]!]!) === 0) at += 1;
      if (kind === BEYOND && at < length) {
        ascii = false;
        continue;
      }
      tokens += 1;
      if (tokens > mostTokens) return limitPassed({ limit: 'tokens', allowed: mostTokens });
      if (kind === INNER && at < length) continue;
      if (index + 2 > open.length) open = fields = grown(open);
      open[index] = start;
      open[index + 1] = at;
      index += 2;
      start = at + 1;
      if (kind === LINE_END || at >= length) break;
    }
    segments[row - 3] = at;
  }
  segments[row] = segments[row + 1] = length;
  segments[row + 2] = index >> 1;
  segments[row + 3] = 0;
  const numbers = new Int32Array(row + 4 + index);
  for (let i = 0; i < row + 4; i += 1) numbers[i] = segments[i]!;
  for (let i = 0; i < index; i += 1) numbers[row + 4 + i] = open[i]!;
  return { numbers, fieldsAt: row + 4, ascii, continued: continued >= 0 };
}

function isBlank(role: number): boolean {
  return role === 0 || role === LINE_END;
}

/** Three characters of a segment name and then a field separator, a line end (upper case only) or nothing. */
function beginsSegment(bytes: Uint8Array, role: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  if (!isLetter(first) || !isLetterOrDigit(second) || !isLetterOrDigit(third)) return false;
  const next = at + 3 < bytes.length ? role[bytes[at + 3]!] : LINE_END;
  return next === FIELD || (next === LINE_END && first < 91 && second < 91 && third < 91);
}

function rolesFor(delimiters: Delimiters): Uint8Array {
  const last = rolesOf;
  if (
    last?.field === delimiters.field &&
    last.component === delimiters.component &&
    last.repetition === delimiters.repetition &&
    last.subcomponent === delimiters.subcomponent
  )
    return roles;
  roles = new Uint8Array(256).fill(BEYOND, 128);
  if (delimiters.subcomponent !== null) roles[delimiters.subcomponent] = INNER;
  roles[delimiters.component] = INNER;
  roles[delimiters.repetition] = INNER;
  roles[delimiters.field] = FIELD;
  roles[CR] = roles[LF] = LINE_END;
  rolesOf = delimiters;
  return roles;
}

function secondHeader(start: number): Hl7Finding {
  const note = 'A second MSH segment: the messages should have been split before.';
  return { rule: 'second-header', severity: 'warning', span: { start, end: start + 3 }, note };
}

function bareSegment(start: number): Hl7Finding {
  const note = 'A segment without fields, or a line of text that looks like one.';
  return { rule: 'segment-without-fields', severity: 'information', span: { start, end: start + 3 }, note };
}

function continuedLine(start: number): Hl7Finding {
  const note = 'A line without a segment name is read as part of the field before it.';
  return { rule: 'line-continued', severity: 'warning', span: { start, end: start + 1 }, note };
}
