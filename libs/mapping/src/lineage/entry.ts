/** A place in the raw message: path as people write it, bytes half-open. */
export interface LineageSource {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** One element of the output, the rule that made it, and the bytes that it came from. */
export interface LineageEntry {
  /** `Patient/<id>.name[0].family`. */
  readonly target: string;
  /** `PID-5/XPN.1`: rule of the segment map, then of the datatype map. */
  readonly rule: string;
  /** `PID[Patient]`. */
  readonly map: string;
  readonly source: readonly LineageSource[];
}
