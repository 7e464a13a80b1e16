/**
 * What one pass over the bytes of a message found. One array holds both tables, because a typed array costs more to
 * make than to fill.
 */
export interface Tape {
  /**
   * First the segments, four numbers each (start, end, index of the first field, name as three bytes) and a closing
   * row; then, from `fieldsAt`, the fields, two numbers each (start, end). MSH-1 is the separator itself, so that
   * fields are numbered as in the standard.
   */
  readonly numbers: Int32Array;
  readonly fieldsAt: number;
  /** No byte beyond ASCII occurs. */
  readonly ascii: boolean;
  /** Some field holds line ends, which are read as `\n`. */
  readonly continued: boolean;
}

/** Numbers per segment in `Tape.numbers`. */
export const SEGMENT_ROW = 4;

/** A segment name as one number, as the tape holds it. */
export function nameCode(first: number, second: number, third: number): number {
  return (first << 16) | (second << 8) | third;
}

/** MSH, BHS and FHS declare delimiters in their first two fields. */
export function isHeaderName(code: number): boolean {
  return code === 0x4d5348 || code === 0x424853 || code === 0x464853;
}

/** Twice the room, for scratch arrays that stay as large as the largest message seen. */
export function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
