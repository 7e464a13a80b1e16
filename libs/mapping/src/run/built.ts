import type { Label } from './label.js';

export type Json = Record<string, unknown>;

/** A resource being built, with the lineage of its elements. */
export interface Built {
  readonly type: string;
  readonly id: string;
  readonly resource: Json;
  readonly authority: 'feed' | 'reference' | 'shared';
  readonly subject: string;
  /** Leaf ranges `[a, b, …]` that the id comes from. */
  readonly idSources: readonly number[];
  readonly entries: Entry[];
  /** Segment that created it. */
  readonly segment: number;
}

/** Lineage of one element: the rule, and ranges of leaves `a, b` (further ones in `more`). */
export interface Entry {
  /** Path below the resource, with a leading dot. */
  readonly path: string;
  readonly label: Label;
  readonly a: number;
  readonly b: number;
  readonly more: readonly number[] | undefined;
}

/** Where a rule writes: a node of a resource and its path (with a leading dot) below the resource. */
export interface Spot {
  readonly node: Json;
  readonly path: string;
  readonly built: Built;
}
