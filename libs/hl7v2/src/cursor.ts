import { isHeaderName, SEGMENT_ROW as ROW, type Tape } from './tape.js';
import type { Delimiters } from './types.js';

/**
 * Finds the bytes of a field, repetition, component or subcomponent. The result is left in `start` and `end`, because
 * an object per read would cost more than the search. What was found last is remembered on each level, so that
 * reading a field in order costs its length once, however many pieces it has.
 */
export class Cursor {
  /** Bounds of what was found last; the empty span where it would be when nothing was found. */
  start = 0;
  end = 0;
  readonly #bytes: Uint8Array;
  readonly #delimiters: Delimiters;
  readonly #tape: Tape;
  /** Start of the field that the remembered pieces are in. */
  #field = -1;
  #repetition = 0;
  #repetitionStart = 0;
  #repetitionEnd = 0;
  #component = 0;
  #componentStart = 0;
  #componentEnd = 0;
  #subcomponent = 0;
  #subcomponentStart = 0;

  constructor(bytes: Uint8Array, delimiters: Delimiters, tape: Tape) {
    this.#bytes = bytes;
    this.#delimiters = delimiters;
    this.#tape = tape;
  }

  /** MSH-1 and MSH-2 (and those of batch headers) are never split and never unescaped (HL7 v2.9 §2.5.4). */
  isWhole(segment: number, field: number): boolean {
    return field < 3 && isHeaderName(this.#tape.numbers[segment * ROW + 3] ?? 0);
  }

  /** False when the field is absent or empty; likewise below. */
  field(segment: number, field: number): boolean {
    const { numbers, fieldsAt } = this.#tape;
    if (segment < 0 || segment * ROW >= fieldsAt - ROW) {
      this.start = this.end = this.#bytes.length;
      return false;
    }
    const first = numbers[segment * ROW + 2] ?? 0;
    if (field < 1 || first + field > (numbers[segment * ROW + ROW + 2] ?? 0)) {
      this.start = this.end = numbers[segment * ROW + 1] ?? 0;
      return false;
    }
    const index = fieldsAt + (first + field - 1) * 2;
    this.start = numbers[index] ?? 0;
    this.end = numbers[index + 1] ?? 0;
    return this.end > this.start;
  }

  repetition(segment: number, field: number, repetition: number): boolean {
    if (!this.field(segment, field)) return false;
    if (this.isWhole(segment, field)) return repetition === 1 || this.#nothing();
    if (this.start !== this.#field || repetition < this.#repetition) {
      this.#field = this.start;
      this.#repetition = 0;
    }
    if (this.#repetition === repetition && repetition > 0) {
      this.end = this.#repetitionEnd;
      this.start = this.#repetitionStart;
      return this.end > this.start;
    }
    const from = this.#repetition;
    if (from > 0) this.start = this.#repetitionStart;
    if (!this.#skip(this.#delimiters.repetition, repetition - Math.max(from, 1))) return false;
    this.#repetition = repetition;
    this.#repetitionStart = this.start;
    this.#repetitionEnd = this.end;
    this.#component = 0;
    return this.end > this.start;
  }

  component(segment: number, field: number, repetition: number, component: number): boolean {
    if (!this.repetition(segment, field, repetition)) return false;
    if (this.isWhole(segment, field)) return component === 1 || this.#nothing();
    if (component < this.#component) this.#component = 0;
    if (this.#component === component && component > 0) {
      this.end = this.#componentEnd;
      this.start = this.#componentStart;
      return this.end > this.start;
    }
    const from = this.#component;
    if (from > 0) this.start = this.#componentStart;
    if (!this.#skip(this.#delimiters.component, component - Math.max(from, 1))) return false;
    this.#component = component;
    this.#componentStart = this.start;
    this.#componentEnd = this.end;
    this.#subcomponent = 0;
    return this.end > this.start;
  }

  leaf(segment: number, field: number, repetition: number, component: number, subcomponent: number): boolean {
    if (!this.component(segment, field, repetition, component)) return false;
    if (this.isWhole(segment, field)) return subcomponent === 1 || this.#nothing();
    const from = subcomponent < this.#subcomponent ? 0 : this.#subcomponent;
    if (from > 0) this.start = this.#subcomponentStart;
    if (!this.#skip(this.#delimiters.subcomponent, subcomponent - Math.max(from, 1))) return false;
    this.#subcomponent = subcomponent;
    this.#subcomponentStart = this.start;
    return this.end > this.start;
  }

  /** How many pieces a delimiter makes of what was found last. */
  count(delimiter: number | null): number {
    if (delimiter === null) return 1;
    let count = 1;
    for (let at = this.start; at < this.end; at += 1) if (this.#bytes[at] === delimiter) count += 1;
    return count;
  }

  /** Moves the start past `count` delimiters and the end to the next one; false when there are fewer. */
  #skip(delimiter: number | null, count: number): boolean {
    if (count < 0) return this.#nothing();
    if (delimiter === null) return count === 0 || this.#nothing();
    const bytes = this.#bytes;
    const end = this.end;
    let at = this.start;
    for (let left = count; left > 0; left -= 1) {
      while (at < end && bytes[at] !== delimiter) at += 1;
      if (at >= end) return this.#nothing();
      at += 1;
    }
    this.start = at;
    while (at < end && bytes[at] !== delimiter) at += 1;
    this.end = at;
    return true;
  }

  #nothing(): false {
    this.start = this.end;
    return false;
  }
}
