import type { Message } from './message.js';
import { leafPath, segmentPath } from './path.js';
import { grown, isHeaderName, type Tape } from './tape.js';
import type { Leaf } from './types.js';

/** Numbers per leaf: segment, field, repetition, component, subcomponent, start, end, shape. */
export const LEAF_ROW = 8;

/** Bits of a leaf's shape: its field repeats, its repetition has components, its component has subcomponents. */
export const REPEATS = 1;
export const COMPONENTS = 2;
export const SUBCOMPONENTS = 4;

/** Grows to the largest message seen and is shared by all calls, which are synchronous. */
let scratch = new Int32Array(LEAF_ROW * 512);

/** Every non-empty leaf in one walk over the bytes: the numbers behind `Message.leafTape`. */
export function leafTape(message: Message, tape: Tape): Int32Array {
  const { repetition, component, subcomponent } = message.delimiters;
  const { bytes } = message;
  let length = 0;
  for (let segment = 0; segment < message.segmentCount; segment += 1) {
    const first = tape.numbers[segment * 4 + 2] ?? 0;
    const last = tape.numbers[segment * 4 + 6] ?? 0;
    const header = isHeaderName(tape.numbers[segment * 4 + 3] ?? 0);
    for (let index = first; index < last; index += 1) {
      const field = index - first + 1;
      let start = tape.numbers[tape.fieldsAt + index * 2] ?? 0;
      const end = tape.numbers[tape.fieldsAt + index * 2 + 1] ?? 0;
      if (end <= start) continue;
      const fieldRow = length;
      const whole = header && field < 3;
      let r = 1;
      let c = 1;
      let s = 1;
      for (let at = start; at <= end; at += 1) {
        const byte = at < end ? bytes[at] : -1;
        if (at < end && (whole || (byte !== component && byte !== repetition && byte !== subcomponent)))
          continue;
        if (at > start) {
          if (length + LEAF_ROW > scratch.length) scratch = grown(scratch);
          scratch[length] = segment;
          scratch[length + 1] = field;
          scratch[length + 2] = r;
          scratch[length + 3] = c;
          scratch[length + 4] = s;
          scratch[length + 5] = start;
          scratch[length + 6] = at;
          scratch[length + 7] = shape(r > 1, c > 1 || byte === component, s > 1 || byte === subcomponent);
          length += LEAF_ROW;
        }
        start = at + 1;
        if (byte === repetition) {
          // Only the second repetition shows that the field repeats: leaves of the first are marked now.
          if (r === 1)
            for (let i = fieldRow + 7; i < length; i += LEAF_ROW) scratch[i] = (scratch[i] ?? 0) | REPEATS;
          r += 1;
          c = s = 1;
        } else if (byte === component) {
          c += 1;
          s = 1;
        } else s += 1;
      }
    }
  }
  return scratch.slice(0, length);
}

function shape(repeats: boolean, outer: boolean, inner: boolean): number {
  return (repeats ? REPEATS : 0) | (outer || inner ? COMPONENTS : 0) | (inner ? SUBCOMPONENTS : 0);
}

/** The leaves with their paths and presence. */
export function leavesOf(message: Message, tape: Int32Array): Leaf[] {
  const leaves: Leaf[] = [];
  const heads = segmentPaths(message);
  for (let at = 0; at < tape.length; at += LEAF_ROW) {
    const location = {
      segment: tape[at] ?? 0,
      field: tape[at + 1] ?? 0,
      repetition: tape[at + 2] ?? 0,
      component: tape[at + 3] ?? 0,
      subcomponent: tape[at + 4] ?? 0,
    };
    const span = { start: tape[at + 5] ?? 0, end: tape[at + 6] ?? 0 };
    const bits = tape[at + 7] ?? 0;
    const head = heads[location.segment] ?? '';
    leaves.push({
      location,
      path: leafPath(
        head,
        location,
        (bits & REPEATS) > 0,
        (bits & COMPONENTS) > 0,
        (bits & SUBCOMPONENTS) > 0,
      ),
      span,
      presence: isNull(message.bytes, span.start, span.end) ? 'null' : 'valued',
    });
  }
  return leaves;
}

/** The two quotes `""` that ask for deletion. */
export function isNull(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 2 && bytes[start] === 0x22 && bytes[start + 1] === 0x22;
}

function segmentPaths(message: Message): string[] {
  const names = Array.from({ length: message.segmentCount }, (_, i) => message.segmentName(i));
  const totals = new Map<string, number>();
  for (const name of names) totals.set(name, (totals.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return names.map(name => {
    const occurrence = (seen.get(name) ?? 0) + 1;
    seen.set(name, occurrence);
    return segmentPath(name, occurrence, totals.get(name) ?? 1);
  });
}
