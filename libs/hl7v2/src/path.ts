import type { Location } from './types.js';

/** A location as people write it, before the segment is looked up in a message. */
export interface PathParts {
  readonly name: string;
  /** Which of the segments of that name, 1-based. */
  readonly occurrence: number;
  readonly field: number;
  readonly repetition: number;
  readonly component: number;
  readonly subcomponent: number;
}

const pattern =
  /^([A-Za-z][A-Za-z0-9]{2})(?:\[([1-9]\d{0,8})\])?-([1-9]\d{0,8})(?:\[([1-9]\d{0,8})\])?(?:\.([1-9]\d{0,8})(?:\.([1-9]\d{0,8}))?)?$/;

/** Reads `PID-3[2].4.1` or `OBX[3]-5`; whatever is not written is 1. Null when it is no path. */
export function parsePath(path: string): PathParts | null {
  const match = pattern.exec(path);
  if (match === null) return null;
  const number = (group: number) => Number(match[group] ?? 1);
  return {
    name: match[1] ?? '',
    occurrence: number(2),
    field: number(3),
    repetition: number(4),
    component: number(5),
    subcomponent: number(6),
  };
}

/** `PID`, `OBX[3]`: the ordinal is written only where a message has several segments of the name. */
export function segmentPath(name: string, occurrence: number, of: number): string {
  return of > 1 ? `${name}[${occurrence}]` : name;
}

/** Joins a segment path and a location; the flags say whether repetition, component and subcomponent are written. */
export function leafPath(
  head: string,
  at: Location,
  repeats: boolean,
  outer: boolean,
  inner: boolean,
): string {
  const field = repeats ? `${head}-${at.field}[${at.repetition}]` : `${head}-${at.field}`;
  if (inner) return `${field}.${at.component}.${at.subcomponent}`;
  return outer ? `${field}.${at.component}` : field;
}
