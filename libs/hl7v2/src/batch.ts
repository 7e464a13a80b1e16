import { CR, LF, isLetterOrDigit } from './delimiters.js';
import type { Hl7Finding, Span } from './types.js';

/** One message of a batch file. */
export interface BatchPart {
  /** 0-based place among all messages of the file. */
  readonly index: number;
  /** 0-based batch (BHS) that holds it; null outside of any. */
  readonly batch: number | null;
  /** From its MSH up to the next MSH or envelope segment, line ends included. */
  readonly span: Span;
}

export interface BatchSplit {
  /** False for bytes without FHS, BHS, BTS and FTS. */
  readonly enveloped: boolean;
  readonly fileHeader: Span | null;
  readonly batchHeaders: readonly Span[];
  readonly messages: readonly BatchPart[];
  readonly findings: readonly Hl7Finding[];
}

/**
 * Splits bytes into messages at MSH and the envelope segments FHS, BHS, BTS and FTS (HL7 v2.9 §2.10.3). Wrong counts,
 * missing or nested envelopes and stray content are findings; they never lose a message.
 */
export function splitBatch(bytes: Uint8Array): BatchSplit {
  const findings: Hl7Finding[] = [];
  const messages: BatchPart[] = [];
  const batchHeaders: Span[] = [];
  let fileHeader: Span | null = null;
  let enveloped = false;
  let batch: number | null = null;
  let inBatch = 0;
  let message = -1;
  let stray = false;
  let fileTrailer = false;
  const note = (rule: string, start: number, text: string) =>
    findings.push({
      rule,
      severity: 'warning',
      span: { start, end: Math.min(start + 3, bytes.length) },
      note: text,
    });
  const closeMessage = (end: number) => {
    if (message >= 0) messages.push({ index: messages.length, batch, span: { start: message, end } });
    message = -1;
  };

  for (let at = contentStart(bytes); at < bytes.length;) {
    const end = lineEnd(bytes, at);
    const name = envelopeName(bytes, at);
    if (name !== null) {
      closeMessage(at);
      if (name !== 'MSH') enveloped = true;
    }
    switch (name) {
      case 'MSH':
        message = at;
        inBatch += 1;
        break;
      case 'FHS':
        if (fileHeader) note('batch-nested', at, 'A second file header: the first one is kept.');
        else fileHeader = { start: at, end };
        break;
      case 'BHS':
        if (batch !== null)
          note('batch-trailer-missing', at, 'A batch begins before the one before it has ended.');
        batchHeaders.push({ start: at, end });
        batch = batchHeaders.length - 1;
        inBatch = 0;
        break;
      case 'BTS':
        if (batch === null) note('batch-header-missing', at, 'A batch ends that has not begun.');
        if (differs(bytes, at, end, inBatch))
          note('batch-count', at, `BTS-1 differs from the ${inBatch} messages found.`);
        batch = null;
        inBatch = 0;
        break;
      case 'FTS':
        if (fileHeader === null) note('batch-header-missing', at, 'A file ends that has not begun.');
        if (differs(bytes, at, end, batchHeaders.length))
          note('batch-count', at, `FTS-1 differs from the ${batchHeaders.length} batches found.`);
        fileTrailer = true;
        break;
      default:
        if (message < 0 && end > at && !stray) {
          note('batch-stray-content', at, 'Content outside of any message is left out.');
          stray = true;
        }
    }
    at = end + 1;
  }
  closeMessage(bytes.length);
  if (batch !== null) note('batch-trailer-missing', bytes.length, 'The last batch has no trailer.');
  if (fileHeader && !fileTrailer) note('batch-trailer-missing', bytes.length, 'The file has no trailer.');
  return { enveloped, fileHeader, batchHeaders, messages, findings };
}

type EnvelopeName = 'MSH' | 'FHS' | 'BHS' | 'BTS' | 'FTS';
const names: readonly EnvelopeName[] = ['MSH', 'FHS', 'BHS', 'BTS', 'FTS'];

/** The envelope or header segment that begins here: its name, and after it no letter or digit. */
function envelopeName(bytes: Uint8Array, at: number): EnvelopeName | null {
  const next = bytes[at + 3];
  if (next !== undefined && isLetterOrDigit(next)) return null;
  const found = names.find(name => {
    for (let i = 0; i < 3; i += 1) if (bytes[at + i] !== name.charCodeAt(i)) return false;
    return true;
  });
  return found ?? null;
}

/** True when the first field of a trailer is a number, and another one than `count`. */
function differs(bytes: Uint8Array, start: number, end: number, count: number): boolean {
  let digits = '';
  for (let at = start + 4; at < end && digits.length < 10; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 48 || byte > 57) break;
    digits += String.fromCharCode(byte);
  }
  return digits !== '' && Number(digits) !== count;
}

function lineEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== CR && bytes[at] !== LF) at += 1;
  return at;
}

function contentStart(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && (bytes[at] ?? 0) <= 32) at += 1;
  return at;
}
