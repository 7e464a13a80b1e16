import type { Buffer } from 'node:buffer';
import { asBuffer, decode, type Charset } from './charset.js';
import { unescape } from './escape.js';
import { isNull, leavesOf, leafTape } from './leaves.js';
import { leafPath, parsePath, segmentPath } from './path.js';
import { isHeaderName, SEGMENT_ROW as ROW, type Tape } from './tape.js';
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
  /** Bounds found by the last `#find`: two numbers that would otherwise be an object per read. */
  #start = 0;
  #end = 0;
  /** The last repetition and component visited, so that reading them in order stays linear. */
  #repetitionField = -1;
  #repetition = 1;
  #repetitionStart = 0;
  #componentStart = 0;
  #component = 1;
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
    if (repetition === undefined) this.#findField(segment, field);
    else this.#findRepetition(segment, field, repetition);
    return { start: this.#start, end: this.#end };
  }

  /** 0 when the field is absent or empty. */
  repetitionCount(segment: number, field: number): number {
    if (!this.#findField(segment, field)) return 0;
    return this.#isWhole(segment, field) ? 1 : this.#count(this.delimiters.repetition);
  }

  componentCount(segment: number, field: number, repetition = 1): number {
    if (!this.#findRepetition(segment, field, repetition)) return 0;
    return this.#isWhole(segment, field) ? 1 : this.#count(this.delimiters.component);
  }

  subcomponentCount(segment: number, field: number, repetition = 1, component = 1): number {
    if (!this.#find(segment, field, repetition, component, 0)) return 0;
    return this.#isWhole(segment, field) ? 1 : this.#count(this.delimiters.subcomponent);
  }

  /**
   * One leaf. Component 1 of a repetition without components is the whole of it, subcomponent 1 likewise.
   * The text of an absent and of a null (`""`) value is ''. An absent value has the empty span where it would be.
   */
  value(address: Address): Value {
    const { segment, field, repetition = 1, component = 1, subcomponent = 1 } = address;
    this.#find(segment, field, repetition, component, subcomponent);
    const start = this.#start;
    const end = this.#end;
    const presence = this.#presence(start, end);
    return {
      text: presence === 'valued' ? this.#leafText(segment, field, start, end) : '',
      presence,
      span: { start, end },
    };
  }

  /** The text of `value` alone, for places where presence and span do not matter. */
  text(segment: number, field: number, repetition = 1, component = 1, subcomponent = 1): string {
    this.#find(segment, field, repetition, component, subcomponent);
    const start = this.#start;
    const end = this.#end;
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

  /** MSH-1 and MSH-2 (and those of batch headers) are never split and never unescaped (HL7 v2.9 §2.5.4). */
  #isWhole(segment: number, field: number): boolean {
    return field < 3 && isHeaderName(this.#tape.numbers[segment * ROW + 3] ?? 0);
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
    return this.#isWhole(segment, field) ? text : unescape(text, this.delimiters, this.charset);
  }

  /** Sets the bounds; false when the field is absent or empty. */
  #findField(segment: number, field: number): boolean {
    if (field < 1 || field > this.fieldCount(segment)) {
      this.#start = this.#end = this.segmentSpan(segment).end;
      return false;
    }
    const index = this.#tape.fieldsAt + ((this.#tape.numbers[segment * ROW + 2] ?? 0) + field - 1) * 2;
    this.#start = this.#tape.numbers[index] ?? 0;
    this.#end = this.#tape.numbers[index + 1] ?? 0;
    return this.#end > this.#start;
  }

  #findRepetition(segment: number, field: number, repetition: number): boolean {
    if (!this.#findField(segment, field)) return false;
    if (this.#isWhole(segment, field)) return repetition === 1 || this.#nothing();
    const fieldStart = this.#start;
    const known = fieldStart === this.#repetitionField && repetition >= this.#repetition;
    if (!known) {
      this.#repetitionField = fieldStart;
      this.#repetition = 1;
      this.#repetitionStart = fieldStart;
      this.#component = 0;
    }
    this.#start = this.#repetitionStart;
    if (!this.#skip(this.delimiters.repetition, repetition - this.#repetition)) return false;
    if (repetition !== this.#repetition) {
      this.#repetition = repetition;
      this.#repetitionStart = this.#start;
      this.#component = 0;
    }
    return this.#end > this.#start;
  }

  /** Narrows to a leaf; `subcomponent` 0 keeps the whole component. */
  #find(
    segment: number,
    field: number,
    repetition: number,
    component: number,
    subcomponent: number,
  ): boolean {
    if (!this.#findRepetition(segment, field, repetition)) return false;
    if (this.#isWhole(segment, field)) return (component === 1 && subcomponent <= 1) || this.#nothing();
    if (this.#component === 0 || component < this.#component) {
      this.#component = 1;
      this.#componentStart = this.#start;
    }
    this.#start = this.#componentStart;
    if (!this.#skip(this.delimiters.component, component - this.#component)) return false;
    this.#component = component;
    this.#componentStart = this.#start;
    if (subcomponent === 0) return this.#end > this.#start;
    return this.#skip(this.delimiters.subcomponent, subcomponent - 1) && this.#end > this.#start;
  }

  /** Moves the start past `count` delimiters and the end to the next one; false when there are fewer. */
  #skip(delimiter: number | null, count: number): boolean {
    if (count < 0) return this.#nothing();
    if (delimiter === null) return count === 0 || this.#nothing();
    const bytes = this.bytes;
    const end = this.#end;
    let at = this.#start;
    for (let left = count; left > 0; left -= 1) {
      while (at < end && bytes[at] !== delimiter) at += 1;
      if (at >= end) return this.#nothing();
      at += 1;
    }
    this.#start = at;
    while (at < end && bytes[at] !== delimiter) at += 1;
    this.#end = at;
    return true;
  }

  #nothing(): false {
    this.#start = this.#end;
    return false;
  }

  #count(delimiter: number | null): number {
    if (delimiter === null) return 1;
    let count = 1;
    for (let at = this.#start; at < this.#end; at += 1) if (this.bytes[at] === delimiter) count += 1;
    return count;
  }
}

function holdsBeyondAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > 0x7f) return true;
  return false;
}
