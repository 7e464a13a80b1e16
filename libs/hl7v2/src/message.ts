import type { Buffer } from 'node:buffer';
import { asBuffer, decode, type Charset } from './charset.js';
import { Cursor } from './cursor.js';
import { unescape } from './escape.js';
import { isNull, leavesOf, leafTape } from './leaves.js';
import { leafPath, parsePath, segmentPath } from './path.js';
import { SEGMENT_ROW as ROW, type Tape } from './tape.js';
import type { Delimiters, Hl7Finding, Leaf, Location, Presence, Span, Value } from './types.js';

/** Where to read; what is left out is 1. */
export interface Address {
  readonly segment: number;
  readonly field: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}

const LONG_MESSAGE = 64 * 1024;

/**
 * A tokenised message. It keeps the bytes as received and positions only; text is decoded when it is read.
 * A class, because a message is read dozens of times and closures per message would cost more than the reading.
 * Positions that do not exist read as absent; nothing here throws.
 */
export class Message {
  readonly kind = 'message';
  readonly segmentCount: number;
  readonly charset: Charset;
  readonly #buffer: Buffer;
  readonly #tape: Tape;
  readonly #cursor: Cursor;
  #leafTape: Int32Array | undefined;
  #latin: string | undefined;

  /** `charsetFor` is told what MSH-18 declares, which only a tokenised message can say. */
  constructor(
    readonly bytes: Uint8Array,
    readonly delimiters: Delimiters,
    tape: Tape,
    readonly findings: readonly Hl7Finding[],
    charsetFor: (declared: string) => Charset,
  ) {
    this.#buffer = asBuffer(bytes);
    this.#tape = tape;
    this.#cursor = new Cursor(bytes, delimiters, tape);
    this.segmentCount = tape.fieldsAt / ROW - 1;
    this.charset = 'us-ascii';
    this.charset = charsetFor(this.text(0, 18));
  }

  /** Three letters, or '' when there is no such segment. */
  segmentName(segment: number): string {
    if (!this.#has(segment)) return '';
    const start = this.#tape.numbers[segment * ROW] ?? 0;
    return this.#buffer.toString('latin1', start, start + 3);
  }

  /** The bytes of a segment without its line end. */
  segmentSpan(segment: number): Span {
    if (!this.#has(segment)) return { start: this.bytes.length, end: this.bytes.length };
    return {
      start: this.#tape.numbers[segment * ROW] ?? 0,
      end: this.#tape.numbers[segment * ROW + 1] ?? 0,
    };
  }

  /** Ordinals of all segments of a name, in order. */
  segments(name: string): number[] {
    const code = (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2);
    const found: number[] = [];
    if (name.length !== 3) return found;
    for (let i = 0; i < this.segmentCount; i += 1)
      if (this.#tape.numbers[i * ROW + 3] === code) found.push(i);
    return found;
  }

  fieldCount(segment: number): number {
    if (!this.#has(segment)) return 0;
    return (this.#tape.numbers[(segment + 1) * ROW + 2] ?? 0) - (this.#tape.numbers[segment * ROW + 2] ?? 0);
  }

  /** The bytes of a field or, when `repetition` is given, of one of its repetitions. */
  fieldSpan(segment: number, field: number, repetition?: number): Span {
    const cursor = this.#cursor;
    if (repetition === undefined) cursor.field(segment, field);
    else cursor.repetition(segment, field, repetition);
    return { start: cursor.start, end: cursor.end };
  }

  /** 0 when the field is absent or empty. */
  repetitionCount(segment: number, field: number): number {
    const cursor = this.#cursor;
    if (!cursor.field(segment, field)) return 0;
    return cursor.isWhole(segment, field) ? 1 : cursor.count(this.delimiters.repetition);
  }

  componentCount(segment: number, field: number, repetition = 1): number {
    const cursor = this.#cursor;
    if (!cursor.repetition(segment, field, repetition)) return 0;
    return cursor.isWhole(segment, field) ? 1 : cursor.count(this.delimiters.component);
  }

  subcomponentCount(segment: number, field: number, repetition = 1, component = 1): number {
    const cursor = this.#cursor;
    if (!cursor.component(segment, field, repetition, component)) return 0;
    return cursor.isWhole(segment, field) ? 1 : cursor.count(this.delimiters.subcomponent);
  }

  /**
   * One leaf. Component 1 of a repetition without components is the whole of it, subcomponent 1 likewise.
   * The text of an absent and of a null (`""`) value is ''. An absent value has the empty span where it would be.
   */
  value(address: Address): Value {
    const { segment, field, repetition = 1, component = 1, subcomponent = 1 } = address;
    this.#cursor.leaf(segment, field, repetition, component, subcomponent);
    const { start, end } = this.#cursor;
    const presence = this.#presence(start, end);
    return {
      text: presence === 'valued' ? this.#leafText(segment, field, start, end) : '',
      presence,
      span: { start, end },
    };
  }

  /** The text of `value` alone, for places where presence and span do not matter. */
  text(segment: number, field: number, repetition = 1, component = 1, subcomponent = 1): string {
    this.#cursor.leaf(segment, field, repetition, component, subcomponent);
    const { start, end } = this.#cursor;
    return this.#presence(start, end) === 'valued' ? this.#leafText(segment, field, start, end) : '';
  }

  /** Decoded text of a whole field, or of one repetition, with delimiters and escape sequences as sent. */
  fieldText(segment: number, field: number, repetition?: number): string {
    const span = this.fieldSpan(segment, field, repetition);
    return this.rawText(span.start, span.end);
  }

  /** Decoded text of any byte range; line ends inside it read as `\n`. */
  rawText(start: number, end: number): string {
    if (start >= end) return '';
    const text = this.#decode(start, end);
    return this.#tape.continued && text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }

  /** Every non-empty leaf in the order of the message. MSH-1 and MSH-2 are one leaf each; names are none. */
  leaves(): Leaf[] {
    return leavesOf(this, this.leafTape());
  }

  /**
   * The leaves as numbers, `LEAF_ROW` each: segment, field, repetition, component, subcomponent, start, end, shape
   * (see leaves.ts). For callers that keep account of every leaf of many messages and need no paths.
   */
  leafTape(): Int32Array {
    this.#leafTape ??= leafTape(this, this.#tape);
    return this.#leafTape;
  }

  /**
   * How people write a location in this message: `OBX[3]-5[2].2.1`. Numbers that say nothing are left out: the
   * only segment of its name, the only repetition, the only component, the only subcomponent.
   */
  path(location: Location): string {
    const { segment, field, repetition, component, subcomponent } = location;
    const same = this.segments(this.segmentName(segment));
    const head = segmentPath(this.segmentName(segment), same.indexOf(segment) + 1, same.length);
    const repeats = repetition > 1 || this.repetitionCount(segment, field) > 1;
    const inner = subcomponent > 1 || this.subcomponentCount(segment, field, repetition, component) > 1;
    const outer = inner || component > 1 || this.componentCount(segment, field, repetition) > 1;
    return leafPath(head, location, repeats, outer, inner);
  }

  /** The inverse of `path`. Null when it is no path, or the message has no such segment. */
  locate(path: string): Location | null {
    const parts = parsePath(path);
    if (parts === null) return null;
    const segment = this.segments(parts.name)[parts.occurrence - 1];
    if (segment === undefined) return null;
    const { field, repetition, component, subcomponent } = parts;
    return { segment, field, repetition, component, subcomponent };
  }

  /**
   * Cutting pieces out of one string is several times faster than decoding each; all sets here agree on ASCII. Long
   * messages are decoded piece by piece, so that a kept piece does not keep megabytes alive.
   */
  #decode(start: number, end: number): string {
    if (!this.#tape.ascii && this.charset !== 'iso-8859-1' && holdsBeyondAscii(this.bytes, start, end))
      return this.charset === 'utf-8'
        ? this.#buffer.toString('utf8', start, end)
        : decode(this.#buffer.subarray(start, end), this.charset);
    if (this.bytes.length > LONG_MESSAGE) return this.#buffer.toString('latin1', start, end);
    this.#latin ??= this.#buffer.toString('latin1');
    return this.#latin.slice(start, end);
  }

  #has(segment: number): boolean {
    return segment >= 0 && segment < this.segmentCount;
  }

  #presence(start: number, end: number): Presence {
    if (end <= start) return 'absent';
    return isNull(this.bytes, start, end) ? 'null' : 'valued';
  }

  #leafText(segment: number, field: number, start: number, end: number): string {
    const text = this.rawText(start, end);
    return this.#cursor.isWhole(segment, field) ? text : unescape(text, this.delimiters, this.charset);
  }
}

function holdsBeyondAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > 0x7f) return true;
  return false;
}
