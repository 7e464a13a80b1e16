import { Buffer, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import type { Hl7Finding } from './types.js';

/** Name of a character set in the form of the IANA registry, lower case. */
export type Charset = string;

/**
 * Table 0211 and what senders write instead. Sets whose second bytes may be delimiters (GB 18030, Big5) or that
 * shift with escape sequences (ISO IR87, IR159) are left out: such a message cannot be split byte by byte.
 */
const known: Readonly<Record<string, Charset>> = {
  ASCII: 'us-ascii',
  'US-ASCII': 'us-ascii',
  UNICODE: 'utf-8',
  'UNICODE UTF-8': 'utf-8',
  'UTF-8': 'utf-8',
  UTF8: 'utf-8',
  LATIN1: 'iso-8859-1',
  'WINDOWS-1252': 'windows-1252',
  CP1252: 'windows-1252',
  'KS X 1001': 'euc-kr',
  'ISO IR6': 'us-ascii',
  'ISO IR100': 'iso-8859-1',
};

/** The character set that a value of MSH-18 names, or null when we know none by that name. */
export function charsetOf(name: string): Charset | null {
  const key = name.trim().toUpperCase();
  const latin = /^(?:ISO[- ]?)?8859[/-](\d{1,2})$/.exec(key);
  if (latin) {
    const part = Number(latin[1]);
    return part >= 1 && part <= 15 && part !== 12 ? `iso-8859-${part}` : null;
  }
  return known[key] ?? null;
}

/**
 * Decides how the bytes of a message are read. `declared` is MSH-18 (its first repetition), `assumed` the set of
 * the sender's contract. Bytes that are no valid UTF-8 although they should be are read as Latin-1, so that one
 * wrong byte never loses a message; the finding points at it.
 */
export function resolveCharset(
  bytes: Uint8Array,
  ascii: boolean,
  declared: string,
  assumed: string | undefined,
  findings: Hl7Finding[],
): Charset {
  const named = declared === '' ? null : charsetOf(declared);
  if (declared !== '' && named === null)
    findings.push({
      rule: 'charset-unknown',
      severity: 'warning',
      path: 'MSH-18',
      note: 'The declared character set is not supported: the default of the sender is used.',
    });
  const charset = named ?? charsetOf(assumed ?? '') ?? 'utf-8';
  if (ascii || (charset !== 'utf-8' && charset !== 'us-ascii')) return charset;
  const valid = isUtf8(bytes);
  if (valid && charset === 'utf-8') return charset;
  const start = valid ? bytes.findIndex(byte => byte > 0x7f) : firstInvalidUtf8(bytes);
  findings.push({
    rule: 'charset-fallback',
    severity: 'warning',
    span: { start, end: start + 1 },
    note: `Bytes do not fit ${charset}: the message is read as ${valid ? 'utf-8' : 'iso-8859-1'}.`,
  });
  return valid ? 'utf-8' : 'iso-8859-1';
}

/** Offset of the first byte that begins no valid UTF-8 character (RFC 3629 §4). */
function firstInvalidUtf8(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0) return at;
    const second = bytes[at + 1] ?? 0;
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return at;
    for (let tail = 2; tail < length; tail += 1) if (((bytes[at + tail] ?? 0) & 0xc0) !== 0x80) return at;
    at += length;
  }
  return at;
}

/** Decodes bytes of one set; bytes that have no character in it become U+FFFD. */
export function decode(bytes: Uint8Array, charset: Charset): string {
  const buffer = asBuffer(bytes);
  if (charset === 'utf-8') return buffer.toString('utf8');
  if (charset === 'iso-8859-1' || charset === 'us-ascii') return buffer.toString('latin1');
  return iconv.decode(buffer, charset);
}

/** Encodes text in one set; characters that it lacks become `?`. */
export function encode(text: string, charset: Charset): Buffer {
  return charset === 'utf-8' || charset === 'us-ascii'
    ? Buffer.from(text, 'utf8')
    : iconv.encode(text, charset);
}

/** The same memory as a Buffer: no copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
