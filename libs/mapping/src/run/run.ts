import { LEAF_ROW, unescape, type Message } from '@anamnesis/hl7v2';
import type { CompiledPlan } from '../plan/compiledPlan.js';
import type { Finding } from '../translate/result.js';
import type { Built } from './built.js';
import type { Label } from './label.js';

/** What has become of a source leaf; a later fate counts when its number is higher. */
export const OPEN = 0;
export const REPORTED = 1;
export const IGNORED = 2;
export const MAPPED = 3;

/** A thing worth telling that a function met while reading; the rule that called it adds the place. */
export interface Remark {
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly note: string;
}

/**
 * One message under translation: its leaves, what has become of each, and what has been found. Leaves are numbered
 * in message order; a range `[a, b)` of numbers is a field, a repetition or a component. A class, because the hot
 * path reads these arrays hundreds of times per message.
 */
export class Run {
  readonly leafCount: number;
  readonly states: Uint8Array;
  readonly findings: Finding[] = [];
  /** Which rules of the plan were used, by their number. */
  readonly used: Uint8Array;
  /** Leaves that the function running now has read. */
  readonly taken: number[] = [];
  remarks: Remark[] = [];
  /** Why the function running now could not convert its value. */
  problem: Remark | undefined;
  /** FHIR dateTimes of timestamps read before. */
  readonly dateTimes = new Map<string, string>();
  /** Bounds of the last `narrow`. */
  lo = 0;
  hi = 0;
  /** Open resources by type, and everything built so far. */
  readonly open = new Map<string, Built>();
  readonly built: Built[] = [];
  readonly #tape: Int32Array;
  readonly #escape: string;
  /** The message as text when each byte is one character of it: slicing costs less than decoding every leaf. */
  readonly #whole: string | undefined;
  readonly #texts: (string | undefined)[];
  readonly #segments = new Map<string, number>();
  readonly #fieldBase: Int32Array;
  readonly #fieldStart: Int32Array;

  constructor(
    readonly message: Message,
    readonly plan: CompiledPlan,
    /** Offset of MSH-7 in minutes, when it has one. */
    readonly messageOffset: number | undefined,
  ) {
    this.#tape = message.leafTape();
    const whole = message.rawText(0, message.bytes.length);
    this.#whole = whole.length === message.bytes.length ? whole : undefined;
    this.#escape = String.fromCharCode(message.delimiters.escape ?? 0xffff);
    this.leafCount = this.#tape.length / LEAF_ROW;
    this.states = new Uint8Array(this.leafCount);
    this.#texts = new Array<string | undefined>(this.leafCount);
    this.used = new Uint8Array(plan.ruleCount);
    this.#fieldBase = new Int32Array(message.segmentCount + 1);
    this.#fieldStart = this.#indexFields();
  }

  /** Number of the first leaf of a field, or of what follows when the field is empty. */
  first(segment: number, field: number): number {
    const base = this.#fieldBase[segment] ?? 0;
    const size = (this.#fieldBase[segment + 1] ?? 0) - base;
    return this.#fieldStart[base + Math.min(field, size - 1)] ?? this.leafCount;
  }

  segmentEnd(segment: number): number {
    return this.#fieldStart[(this.#fieldBase[segment + 1] ?? 1) - 1] ?? this.leafCount;
  }

  /** Ordinal of the first segment of a name, -1 when there is none. */
  firstSegment(name: string): number {
    let known = this.#segments.get(name);
    if (known === undefined) {
      known = this.message.segments(name)[0] ?? -1;
      this.#segments.set(name, known);
    }
    return known;
  }

  segment(leaf: number): number {
    return this.#tape[leaf * LEAF_ROW] ?? 0;
  }

  repetition(leaf: number): number {
    return this.#tape[leaf * LEAF_ROW + 2] ?? 0;
  }

  component(leaf: number): number {
    return this.#tape[leaf * LEAF_ROW + 3] ?? 0;
  }

  subcomponent(leaf: number): number {
    return this.#tape[leaf * LEAF_ROW + 4] ?? 0;
  }

  start(leaf: number): number {
    return this.#tape[leaf * LEAF_ROW + 5] ?? 0;
  }

  end(leaf: number): number {
    return this.#tape[leaf * LEAF_ROW + 6] ?? 0;
  }

  field(leaf: number): number {
    return this.#tape[leaf * LEAF_ROW + 1] ?? 0;
  }

  shape(leaf: number): number {
    return this.#tape[leaf * LEAF_ROW + 7] ?? 0;
  }

  /** `""`: the sender asks to delete. */
  isNull(leaf: number): boolean {
    const start = this.start(leaf);
    const { bytes } = this.message;
    return this.end(leaf) - start === 2 && bytes[start] === 0x22 && bytes[start + 1] === 0x22;
  }

  /** Decoded, unescaped text of a leaf; '' for `""`. */
  text(leaf: number): string {
    const known = this.#texts[leaf];
    if (known !== undefined) return known;
    const { message } = this;
    const start = this.start(leaf);
    const end = this.end(leaf);
    const raw = this.isNull(leaf) ? '' : (this.#whole?.slice(start, end) ?? message.rawText(start, end));
    const text = raw.includes(this.#escape) ? unescape(raw, message.delimiters, message.charset) : raw;
    this.#texts[leaf] = text;
    return text;
  }

  /** Narrows to a component (`depth` 1) or subcomponent (`depth` 2) of a range; false when nothing is there. */
  narrow(a: number, b: number, depth: number, number: number): boolean {
    if (depth > 2) {
      this.lo = a;
      this.hi = b;
      return number === 1 && b > a;
    }
    const offset = depth === 1 ? 3 : 4;
    let lo = a;
    while (lo < b && this.#tape[lo * LEAF_ROW + offset] !== number) lo += 1;
    let hi = lo;
    while (hi < b && this.#tape[hi * LEAF_ROW + offset] === number) hi += 1;
    this.lo = lo;
    this.hi = hi;
    return hi > lo;
  }

  /** End of the repetition that begins with leaf `a`. */
  repetitionEnd(a: number, b: number): number {
    const repetition = this.repetition(a);
    let end = a + 1;
    while (end < b && this.repetition(end) === repetition) end += 1;
    return end;
  }

  /** First leaf of component 1 (and subcomponent 1) of a range when it is valued, else -1. */
  head(a: number, b: number, depth: number): number {
    if (a >= b) return -1;
    if ((depth < 3 && this.subcomponent(a) !== 1) || (depth === 1 && this.component(a) !== 1)) return -1;
    return this.isNull(a) ? -1 : a;
  }

  mark(a: number, b: number, state: number): void {
    for (let leaf = a; leaf < b; leaf += 1) if ((this.states[leaf] ?? 0) < state) this.states[leaf] = state;
  }

  fail(rule: string, note: string, severity: Finding['severity'] = 'warning'): undefined {
    this.problem = { rule, severity, note };
    return undefined;
  }

  remark(rule: string, note: string, severity: Finding['severity'] = 'information'): void {
    this.remarks.push({ rule, severity, note });
  }

  use(label: Label): void {
    for (const number of label.numbers) this.used[number] = 1;
  }

  /** Adds a finding about a range of leaves. */
  find(remark: Remark, a: number, b: number, target?: string): void {
    const source = a < b ? { start: this.start(a), end: this.end(b - 1) } : undefined;
    this.findings.push({
      rule: remark.rule,
      severity: remark.severity,
      ...(source === undefined ? {} : { source, sourcePath: this.path(a, b) }),
      ...(target === undefined ? {} : { target }),
      note: remark.note,
    });
  }

  /** Path of a range as people write it: as deep as all its leaves share. */
  path(a: number, b: number): string {
    const { message } = this;
    const location = {
      segment: this.segment(a),
      field: this.field(a),
      repetition: this.repetition(a),
      component: this.component(a),
      subcomponent: this.subcomponent(a),
    };
    const full = message.path(location);
    if (b - a === 1) return full;
    const last = b - 1;
    const head = full.slice(0, full.indexOf('-'));
    if (this.field(last) !== location.field) return head;
    const field = `${head}-${location.field}`;
    if (this.repetition(last) !== location.repetition) return field;
    const repeated = (this.shape(a) & 1) === 1 ? `${field}[${location.repetition}]` : field;
    return this.component(last) === location.component ? `${repeated}.${location.component}` : repeated;
  }

  #indexFields(): Int32Array {
    const { segmentCount } = this.message;
    const ends = new Int32Array(segmentCount);
    const highest = new Int32Array(segmentCount);
    for (let leaf = 0; leaf < this.leafCount; leaf += 1) {
      ends[this.segment(leaf)] = leaf + 1;
      highest[this.segment(leaf)] = this.field(leaf);
    }
    let size = 0;
    for (let segment = 0; segment < segmentCount; segment += 1) {
      this.#fieldBase[segment] = size;
      size += (highest[segment] ?? 0) + 2;
    }
    this.#fieldBase[segmentCount] = size;
    const starts = new Int32Array(size);
    let leaf = 0;
    for (let segment = 0; segment < segmentCount; segment += 1) {
      const base = this.#fieldBase[segment] ?? 0;
      const end = Math.max(ends[segment] ?? 0, leaf);
      for (let field = 0; field <= (highest[segment] ?? 0) + 1; field += 1) {
        while (leaf < end && this.field(leaf) < field) leaf += 1;
        starts[base + field] = leaf;
      }
      leaf = end;
    }
    return starts;
  }
}
