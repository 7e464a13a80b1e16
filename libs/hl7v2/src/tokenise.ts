import { resolveCharset } from './charset.js';
import { CR, LF, isLetter, isLetterOrDigit, readDelimiters } from './delimiters.js';
import { delimitersUnusable, emptyMessage, headerMissing, limitPassed, type Hl7Error } from './errors.js';
import { isHeaderName, Message, type Tape } from './message.js';
import type { Delimiters, Hl7Finding } from './types.js';

/** How much one message may hold before it is refused. Tokens are fields, repetitions, components and below. */
export interface TokeniserLimits {
  readonly bytes: number;
  readonly segments: number;
  readonly tokens: number;
}

export interface TokeniserOptions {
  /** What the sender's contract says where MSH-18 is empty or unknown; UTF-8 when left out. */
  readonly defaultCharset?: string;
  readonly limits?: Partial<TokeniserLimits>;
}

/** 16 MiB is the cap of a log record; the token cap bounds the memory of leaf ledgers to some tens of megabytes. */
export const defaultLimits: TokeniserLimits = {
  bytes: 16 * 1024 * 1024,
  segments: 100_000,
  tokens: 1_000_000,
};

const FIELD = 1;
const LINE_END = 2;
const INNER = 3;

/** Role of every byte value under one set of delimiters; senders keep theirs, so the last table is kept too. */
let roles = new Uint8Array(256);
let rolesOf: Delimiters | undefined;

/** Scratch space shared by all calls (tokenising is synchronous): a message allocates only what it keeps. */
let fields = new Int32Array(2048);
let segments = new Int32Array(512);

/**
 * Reads one message in a single pass over its bytes. Accepts CR, LF, CRLF and mixtures as line ends, a byte order
 * mark, leading blank lines and a missing last line end. A line that begins with no segment name continues the field
 * before it (carriage returns inside OBX-5), which is a finding. The bytes are referenced, not copied: do not change
 * them afterwards. Errors are returned, whatever the bytes are.
 */
export function tokenise(bytes: Uint8Array, options: TokeniserOptions = {}): Message | Hl7Error {
  const limits = { ...defaultLimits, ...options.limits };
  const length = bytes.length;
  if (length > limits.bytes) return limitPassed({ limit: 'bytes', allowed: limits.bytes });
  const header = contentStart(bytes);
  if (header === length) return emptyMessage({ bytes: length });
  if (bytes[header] !== 0x4d || bytes[header + 1] !== 0x53 || bytes[header + 2] !== 0x48)
    return headerMissing({ offset: header });
  const findings: Hl7Finding[] = [];
  const delimiters = readDelimiters(bytes, header, findings);
  if (delimiters === null) return delimitersUnusable({ offset: header + 3 });
  const role = rolesFor(delimiters);

  let fieldCount = 0;
  let row = 0;
  let tokens = 0;
  let bits = 0;
  let continued = -1;
  let at = header;
  while (at < length) {
    const byte = bytes[at] ?? 0;
    if (byte === CR || byte === LF) {
      at += 1;
      continue;
    }
    const lineStart = at;
    let fieldStart: number;
    if (beginsSegment(bytes, role, at)) {
      if (row / 4 >= limits.segments) return limitPassed({ limit: 'segments', allowed: limits.segments });
      if (row + 8 > segments.length) segments = grown(segments);
      const code = (byte << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      segments[row] = at;
      segments[row + 2] = fieldCount;
      segments[row + 3] = code;
      row += 4;
      at += 3;
      if (row > 4 && code === 0x4d5348) findings.push(secondHeader(lineStart));
      if (role[bytes[at] ?? CR] === FIELD && at < length) {
        if (isHeaderName(code)) {
          if (fieldCount * 2 + 2 > fields.length) fields = grown(fields);
          fields[fieldCount * 2] = at;
          fields[fieldCount * 2 + 1] = at + 1;
          fieldCount += 1;
        }
        at += 1;
        fieldStart = at;
      } else {
        findings.push(bareSegment(lineStart));
        segments[row - 3] = at;
        continue;
      }
    } else {
      // One finding per segment: a report of a thousand lines is one oddity, not a thousand.
      if (row !== continued) findings.push(continuedLine(lineStart));
      continued = row;
      // The field before the line end is opened again, and this line goes on with it.
      const owns = fieldCount > (segments[row - 2] ?? 0);
      if (owns) fieldCount -= 1;
      fieldStart = owns ? (fields[fieldCount * 2] ?? at) : at;
    }
    for (;;) {
      const current = at < length ? (bytes[at] ?? 0) : CR;
      bits |= current;
      const kind = role[current] ?? 0;
      if (kind !== 0) {
        tokens += 1;
        if (tokens > limits.tokens) return limitPassed({ limit: 'tokens', allowed: limits.tokens });
        if (kind !== INNER) {
          if (fieldCount * 2 + 2 > fields.length) fields = grown(fields);
          fields[fieldCount * 2] = fieldStart;
          fields[fieldCount * 2 + 1] = at;
          fieldCount += 1;
          if (kind === LINE_END) break;
          fieldStart = at + 1;
        }
      }
      at += 1;
    }
    segments[row - 3] = at;
  }
  segments[row] = segments[row + 1] = length;
  segments[row + 2] = fieldCount;
  segments[row + 3] = 0;
  const tape = {
    segments: segments.slice(0, row + 4),
    fields: fields.slice(0, fieldCount * 2),
    continued: continued >= 0,
  };
  return finish(bytes, delimiters, { ...tape, ascii: bits < 0x80 }, options.defaultCharset, findings);
}

/** MSH-18 can only be read once there is a message, and decides how the rest of it is read. */
function finish(
  bytes: Uint8Array,
  delimiters: Delimiters,
  tape: Tape,
  assumed: string | undefined,
  findings: Hl7Finding[],
): Message {
  const declared = new Message(bytes, delimiters, 'us-ascii', findings, tape).text(0, 18);
  const charset = resolveCharset(bytes, tape.ascii, declared, assumed, findings);
  return new Message(bytes, delimiters, charset, findings, tape);
}

function contentStart(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== CR && byte !== LF && byte !== 32 && byte !== 9) break;
  }
  return at;
}

/** Three characters of a segment name and then a field separator, a line end (upper case only) or nothing. */
function beginsSegment(bytes: Uint8Array, role: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  if (!isLetter(first) || !isLetterOrDigit(second) || !isLetterOrDigit(third)) return false;
  const next = at + 3 < bytes.length ? (role[bytes[at + 3] ?? 0] ?? 0) : LINE_END;
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
  roles = new Uint8Array(256);
  if (delimiters.subcomponent !== null) roles[delimiters.subcomponent] = INNER;
  roles[delimiters.component] = INNER;
  roles[delimiters.repetition] = INNER;
  roles[delimiters.field] = FIELD;
  roles[CR] = roles[LF] = LINE_END;
  rolesOf = delimiters;
  return roles;
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
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
