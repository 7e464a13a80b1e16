import { isHl7Error, tokenise, type Message } from '@anamnesis/hl7v2';
import type { ReceiptFinding, ReceiptHeader, Unreadable } from './decideReceipt.js';

/** Received bytes as far as the receipt rules need them. */
export interface ReadBytes {
  /** Null when not even the header could be read; what the answer is addressed by. */
  readonly message: Message | null;
  readonly header: ReceiptHeader | Unreadable;
  /** `ADT^A01`, or '' when MSH-9 is not of that form: nothing else of a message may reach a header or a log. */
  readonly messageType: string;
  readonly controlId: string;
  readonly findings: readonly ReceiptFinding[];
}

/** First bytes of a message that is too large: enough for its header. */
export const headBytes = 4_096;
const codeForm = /^[A-Z][A-Z0-9]{2}$/;

function headerOf(message: Message): ReceiptHeader {
  return {
    controlId: message.fieldText(0, 10),
    code: message.text(0, 9, 1, 1).trim(),
    trigger: message.text(0, 9, 1, 2).trim(),
    processingId: message.text(0, 11, 1, 1).trim(),
    version: message.text(0, 12, 1, 1).trim(),
  };
}

/**
 * Reads what a frame or a request body holds. `truncated` marks the first bytes of something past the cap: its
 * header still addresses the answer.
 */
export function readBytes(bytes: Uint8Array, charset: string, truncated = false): ReadBytes {
  const read = tokenise(bytes, { defaultCharset: charset });
  if (isHl7Error(read)) {
    // Past the reader's limits the header can still be read, by which the refusal is addressed.
    if (read.code === 'ANM_HL7_LIMIT' && !truncated)
      return readBytes(bytes.subarray(0, headBytes), charset, true);
    const unreadable = read.code === 'ANM_HL7_DELIMITERS' ? 'undecodable' : 'no-header';
    const header: Unreadable = truncated ? 'too-large' : unreadable;
    return { message: null, header, messageType: '', controlId: '', findings: [] };
  }
  const header = headerOf(read);
  const named = codeForm.test(header.code) && codeForm.test(header.trigger);
  return {
    message: read,
    header: truncated ? 'too-large' : header,
    messageType: named ? `${header.code}^${header.trigger}` : '',
    controlId: header.controlId,
    findings: read.findings.map(({ rule, severity, span, path, note }) => ({
      rule,
      severity,
      ...(span ? { source: { start: span.start, end: span.end } } : {}),
      ...(path === undefined ? {} : { sourcePath: path }),
      note,
    })),
  };
}
