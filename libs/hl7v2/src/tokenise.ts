import { resolveCharset } from './charset.js';
import { readDelimiters } from './delimiters.js';
import {
  delimitersUnusable,
  emptyMessage,
  headerMissing,
  isHl7Error,
  limitPassed,
  type Hl7Error,
} from './errors.js';
import { Message } from './message.js';
import { scan, type TokeniserLimits } from './scan.js';
import type { Hl7Finding } from './types.js';

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

/**
 * Reads one message in a single pass over its bytes. Accepts CR, LF, CRLF and mixtures as line ends, a byte order
 * mark, blank lines, indentation and a missing last line end. A line that begins with no segment name continues the
 * field before it (carriage returns inside OBX-5), which is a finding. The bytes are referenced, not copied: do not
 * change them afterwards. Errors are returned, whatever the bytes are.
 */
export function tokenise(bytes: Uint8Array, options: TokeniserOptions = {}): Message | Hl7Error {
  const limits = options.limits === undefined ? defaultLimits : { ...defaultLimits, ...options.limits };
  if (bytes.length > limits.bytes) return limitPassed({ limit: 'bytes', allowed: limits.bytes });
  const header = contentStart(bytes);
  if (header === bytes.length) return emptyMessage({ bytes: bytes.length });
  if (bytes[header] !== 0x4d || bytes[header + 1] !== 0x53 || bytes[header + 2] !== 0x48)
    return headerMissing({ offset: header });
  const findings: Hl7Finding[] = [];
  const delimiters = readDelimiters(bytes, header, findings);
  if (delimiters === null) return delimitersUnusable({ offset: header + 3 });
  const tape = scan(bytes, header, delimiters, limits, findings);
  if (isHl7Error(tape)) return tape;
  return new Message(bytes, delimiters, tape, findings, declared =>
    resolveCharset(bytes, tape.ascii, declared, options.defaultCharset, findings),
  );
}

function contentStart(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && (bytes[at] ?? 0) <= 32) at += 1;
  return at;
}
