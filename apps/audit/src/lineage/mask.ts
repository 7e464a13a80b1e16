import { isHl7Error, tokenise, type Message } from '@anamnesis/hl7v2';

/** Message plumbing that tells what the message is, and nothing about whom: delimiters, type, processing id, version. */
const shownHeaderFields = new Set([1, 2, 9, 11, 12]);
const mask = '*';

/** Text of a span in the charset that the message declares; bytes that are no HL7 v2 read as Latin-1. */
export function textOf(bytes: Buffer, start: number, end: number, message: Message | undefined): string {
  return message ? message.rawText(start, end) : bytes.subarray(start, end).toString('latin1');
}

export function readMessage(bytes: Buffer): Message | undefined {
  const message = tokenise(bytes);
  return isHl7Error(message) ? undefined : message;
}

/** What stands between leaves: delimiters, line ends and segment names. Any other run is content gone astray. */
function maskedGap(gap: string, message: Message): string {
  const { field, component, repetition, escape, subcomponent } = message.delimiters;
  const kept = new Set([field, component, repetition, escape, subcomponent, 0x0d, 0x0a]);
  return gap
    .split(/([\r\n])/)
    .map(line => {
      const end = [...line].findIndex(char => kept.has(char.codePointAt(0) ?? 0));
      const [name, rest] = end < 0 ? [line, ''] : [line.slice(0, end), line.slice(end)];
      const shown = name === '' || /^[A-Z][A-Z0-9]{2}$/.test(name) ? name : mask;
      return shown + [...rest].map(char => (kept.has(char.codePointAt(0) ?? 0) ? char : mask)).join('');
    })
    .join('');
}

/**
 * The message with the place of every value kept and the value gone: each leaf becomes `*` whatever its length.
 * Bytes that are no HL7 v2 are masked whole.
 */
export function maskedText(bytes: Buffer, message: Message | undefined): string {
  if (!message) return mask;
  let text = '';
  let at = 0;
  for (const { location, span } of message.leaves()) {
    if (span.start < at) continue;
    const shown = location.segment === 0 && shownHeaderFields.has(location.field);
    text += maskedGap(textOf(bytes, at, span.start, message), message);
    text += shown ? textOf(bytes, span.start, span.end, message) : mask;
    at = span.end;
  }
  return text + maskedGap(textOf(bytes, at, bytes.length, message), message);
}
