import { Buffer } from 'node:buffer';
import { encode } from './charset.js';
import { CR, LF, standardDelimiters } from './delimiters.js';
import { escape } from './escape.js';
import type { Message } from './message.js';
import type { Delimiters } from './types.js';

/** MSA-1 in original (AA, AE, AR) and enhanced mode (CA, CE, CR). */
export type AcknowledgmentCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

export interface AcknowledgmentError {
  /** Table 0357: 100 sequence, 101 required field, 102 type, 103 table value, 200 type, 201 event, 202 processing id, 203 version, 207 system. */
  readonly condition: number;
  /** A sentence for the sender's operator. It must hold no patient data: it is written to their logs. */
  readonly text: string;
  /** Segment, sequence, field and on, with carets: `MSH^1^10`. */
  readonly location?: string;
  /** E (the default), W, I or F. */
  readonly severity?: 'E' | 'W' | 'I' | 'F';
}

export interface Answer {
  readonly code: AcknowledgmentCode;
  readonly error?: AcknowledgmentError;
}

/** What the answering side knows: clock and identity are its own. */
export interface AcknowledgmentFacts {
  /** MSH-10 of the answer. */
  readonly controlId: string;
  /** MSH-7 of the answer, in HL7 form. */
  readonly timestamp: string;
  /** Names to answer with instead of those that the sender addressed. */
  readonly sendingApplication?: string;
  readonly sendingFacility?: string;
}

/**
 * Builds an ACK in the delimiters and character set of the message that it answers; MSA-2 echoes its MSH-10 byte for
 * byte. From version 2.5 on an error is told in ERR-2 to ERR-8, before that in ERR-1 and MSA-3. For bytes that were no
 * message at all (`original` null) the answer carries standard delimiters and an empty MSA-2.
 */
export function acknowledge(original: Message | null, answer: Answer, facts: AcknowledgmentFacts): Buffer {
  const delimiters = original?.delimiters ?? standardDelimiters;
  const charset = original?.charset ?? 'utf-8';
  const separator = Buffer.of(delimiters.field);
  const text = (value: string) => encode(escape(value, delimiters), charset);
  const echo = (field: number) => (original === null ? Buffer.alloc(0) : echoed(original, field));
  const instead = (value: string | undefined, field: number) =>
    value === undefined ? echo(field) : text(value);
  const or = (bytes: Buffer, fallback: string) => (bytes.length > 0 ? bytes : Buffer.from(fallback));
  const trigger = text(original?.text(0, 9, 1, 2) ?? '');
  const component = Buffer.of(delimiters.component);
  const type =
    trigger.length === 0
      ? Buffer.from('ACK')
      : Buffer.concat([Buffer.from('ACK'), component, trigger, component, Buffer.from('ACK')]);
  const head = [
    original !== null && echo(2).length > 1 ? echo(2) : encodingCharacters(delimiters),
    instead(facts.sendingApplication, 5),
    instead(facts.sendingFacility, 6),
    echo(3),
    echo(4),
    text(facts.timestamp),
    Buffer.alloc(0),
    type,
    text(facts.controlId),
    or(echo(11), 'P'),
    or(echo(12), '2.5.1'),
  ];
  const declared = echo(18);
  if (declared.length > 0) head.push(...Array.from({ length: 5 }, () => Buffer.alloc(0)), declared);
  const modern = isModern(original?.text(0, 12) ?? '');
  const msa = [Buffer.from(answer.code), echo(10)];
  if (answer.error && !modern) msa.push(text(answer.error.text));
  const segments = [
    [Buffer.from('MSH'), ...head],
    [Buffer.from('MSA'), ...msa],
  ];
  if (answer.error) {
    const fields = modern
      ? modernError(answer.error, delimiters, text)
      : [classicError(answer.error, delimiters, text)];
    segments.push([Buffer.from('ERR'), ...fields]);
  }
  return Buffer.concat(segments.flatMap(fields => [...joined(fields, separator), Buffer.of(CR)]));
}

/** ERR-2 location, ERR-3 condition, ERR-4 severity, ERR-8 text for the user (HL7 v2.5 §2.15.5). */
function modernError(
  error: AcknowledgmentError,
  delimiters: Delimiters,
  text: (value: string) => Buffer,
): Buffer[] {
  const component = Buffer.of(delimiters.component);
  const nothing = Buffer.alloc(0);
  const condition = [Buffer.from(String(error.condition)), nothing, Buffer.from('HL70357')];
  return [
    nothing,
    Buffer.concat(joined(locationParts(error, text), component)),
    Buffer.concat(joined(condition, component)),
    Buffer.from(error.severity ?? 'E'),
    nothing,
    nothing,
    nothing,
    text(error.text),
  ];
}

/** ERR-1 (ELD): segment, sequence, field, and the condition as a coded element in subcomponents (HL7 v2.3 §2.16.5). */
function classicError(
  error: AcknowledgmentError,
  delimiters: Delimiters,
  text: (value: string) => Buffer,
): Buffer {
  const parts = locationParts(error, text).slice(0, 3);
  while (parts.length < 3) parts.push(Buffer.alloc(0));
  const coded = [Buffer.from(String(error.condition))];
  if (delimiters.subcomponent !== null) coded.push(Buffer.alloc(0), Buffer.from('HL70357'));
  parts.push(Buffer.concat(joined(coded, Buffer.of(delimiters.subcomponent ?? 0))));
  return Buffer.concat(joined(parts, Buffer.of(delimiters.component)));
}

function locationParts(error: AcknowledgmentError, text: (value: string) => Buffer): Buffer[] {
  return (error.location ?? '').split('^').map(text);
}

function encodingCharacters(delimiters: Delimiters): Buffer {
  const { component, repetition, escape: mark, subcomponent, truncation } = delimiters;
  const all = [component, repetition, mark, subcomponent, truncation];
  return Buffer.from(all.filter(byte => byte !== null));
}

/** The bytes of a header field as they came; line ends that strayed into it must not break the answer. */
function echoed(original: Message, field: number): Buffer {
  const { start, end } = original.fieldSpan(0, field);
  return Buffer.from(original.bytes.subarray(start, end)).map(byte =>
    byte === CR || byte === LF ? 32 : byte,
  ) as Buffer;
}

function isModern(version: string): boolean {
  const match = /^\s*(\d+)(?:\.(\d+))?/.exec(version);
  if (match === null) return true;
  const major = Number(match[1]);
  return major > 2 || (major === 2 && Number(match[2] ?? 0) >= 5);
}

function joined(parts: readonly Buffer[], separator: Buffer): Buffer[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
}
