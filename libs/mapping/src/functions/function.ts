import type { CompiledTable } from '../compile/table.js';
import type { Spot } from '../run/built.js';
import type { Label } from '../run/label.js';
import type { Run } from '../run/run.js';

/**
 * Reads one primitive from the leaves `[a, b)`. `depth` says what they are: 1 a repetition, 2 a component, 3 a
 * subcomponent. Takes (`run.taken`) what it used. Undefined: nothing was sent or, when `run.problem` is set, what was
 * sent cannot be converted.
 */
export type Read = (run: Run, a: number, b: number, depth: number, table?: CompiledTable) => unknown;

export interface ValueFunction {
  readonly kind: 'value';
  /** FHIR primitive that it gives. */
  readonly type: string;
  /** Reads all repetitions of a field at once. */
  readonly wholeField?: true;
  readonly read: Read;
}

/** What an object function works on. */
export interface Frame {
  readonly segment: number;
  readonly a: number;
  readonly b: number;
  readonly depth: number;
}

/** Writes elements below the spot, with their lineage. False when nothing was written. */
export type Fill = (run: Run, frame: Frame, at: Spot, label: Label, table?: CompiledTable) => boolean;

export interface ObjectFunction {
  readonly kind: 'object';
  /** FHIR datatype or backbone that it fills. */
  readonly type: string;
  readonly fill: Fill;
}

export type MapFunction = ValueFunction | ObjectFunction;
