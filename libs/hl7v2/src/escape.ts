import { decode, type Charset } from './charset.js';
import type { Delimiters } from './types.js';

/** More blank lines than this in one `\.sp n\` is a slip or an attack: the sequence stays as it is. */
const MOST_BLANK_LINES = 999;

/**
 * Replaces escape sequences (HL7 v2.9 §2.7) in the decoded text of one leaf; run once, after splitting.
 * `\F\ \S\ \T\ \R\ \E\` give the delimiters (`\P\` the truncation character), `\H\` and `\N\` are dropped, `\.br\`
 * and `\.sp n\` become line ends, `\Xhh..\` the bytes in the message's character set. Everything else, malformed
 * sequences included, stays literal.
 */
export function unescape(text: string, delimiters: Delimiters, charset: Charset = 'utf-8'): string {
  if (delimiters.escape === null) return text;
  const mark = String.fromCharCode(delimiters.escape);
  let open = text.indexOf(mark);
  if (open < 0) return text;
  const parts: string[] = [];
  let copied = 0;
  let hex = '';
  const flush = (upTo: number) => {
    if (hex !== '') parts.push(decodeHex(hex, charset));
    hex = '';
    if (upTo > copied) parts.push(text.slice(copied, upTo));
  };
  while (open >= 0) {
    const close = text.indexOf(mark, open + 1);
    if (close < 0) break;
    const bytes = hexOf(text, open + 1, close);
    const replacement =
      bytes === null ? replace(text.slice(open + 1, Math.min(close, open + 12)), delimiters) : '';
    if (replacement === null) {
      open = close;
      continue;
    }
    if (open > copied || bytes === null) flush(open);
    // One character may be spread over neighbouring sequences (`\XC3\\XA9\`), so their bytes are decoded together.
    if (bytes !== null) hex += bytes;
    else if (replacement !== '') parts.push(replacement);
    copied = close + 1;
    open = text.indexOf(mark, copied);
  }
  flush(text.length);
  return parts.join('');
}

/**
 * The inverse of `unescape`: text that may stand in a leaf. Line feeds become `\.br\`, carriage returns `\X0D\`,
 * and text that would read as the null value `""` is escaped. Where the message declares no escape character
 * the delimiters cannot be written: they become blanks.
 */
export function escape(text: string, delimiters: Delimiters): string {
  const named = namesOf(delimiters);
  if (delimiters.escape === null)
    return Array.from(text, c => (named.has(c) || c === '\r' || c === '\n' ? ' ' : c)).join('');
  const mark = String.fromCharCode(delimiters.escape);
  if (text === '""') return `${mark}X2222${mark}`;
  let escaped = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const name = named.get(character);
    escaped += name === undefined ? character : `${mark}${name}${mark}`;
  }
  return escaped;
}

function namesOf(delimiters: Delimiters): Map<string, string> {
  const names = new Map<string, string>();
  const name = (byte: number | null, letter: string) => {
    if (byte !== null) names.set(String.fromCharCode(byte), letter);
  };
  name(delimiters.field, 'F');
  name(delimiters.component, 'S');
  name(delimiters.subcomponent, 'T');
  name(delimiters.repetition, 'R');
  name(delimiters.escape, 'E');
  name(delimiters.truncation, 'P');
  names.set('\n', names.has('.') ? 'X0A' : '.br');
  names.set('\r', 'X0D');
  return names;
}

function replace(body: string, delimiters: Delimiters): string | null {
  switch (body) {
    case 'F':
      return String.fromCharCode(delimiters.field);
    case 'S':
      return String.fromCharCode(delimiters.component);
    case 'T':
      return delimiters.subcomponent === null ? null : String.fromCharCode(delimiters.subcomponent);
    case 'R':
      return String.fromCharCode(delimiters.repetition);
    case 'E':
      return delimiters.escape === null ? null : String.fromCharCode(delimiters.escape);
    case 'P':
      return delimiters.truncation === null ? null : String.fromCharCode(delimiters.truncation);
    case 'H':
    case 'N':
      return '';
    case '.br':
      return '\n';
    default:
      return blankLines(body);
  }
}

function blankLines(body: string): string | null {
  const match = /^\.sp ?\+?(\d{0,4})$/.exec(body);
  if (match === null) return null;
  const count = match[1] === '' ? 1 : Number(match[1]);
  return count > MOST_BLANK_LINES ? null : '\n'.repeat(count);
}

/** The digits of `Xhh..` between two escape characters, or null when it is no such sequence. */
function hexOf(text: string, start: number, end: number): string | null {
  if (text.charCodeAt(start) !== 0x58 || end - start < 3 || (end - start) % 2 === 0) return null;
  const digits = text.slice(start + 1, end);
  return /^[0-9A-Fa-f]+$/.test(digits) ? digits : null;
}

function decodeHex(digits: string, charset: Charset): string {
  const bytes = Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
  const text = decode(bytes, charset);
  return text.includes('\ufffd') ? decode(bytes, 'iso-8859-1') : text;
}
