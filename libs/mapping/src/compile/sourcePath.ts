/** Where a rule reads: numbers are 1-based, 0 means "the whole". */
export interface SourcePath {
  /** `PID` in a segment map, `XPN` in a datatype map. */
  readonly root: string;
  readonly field: number;
  readonly component: number;
  readonly subcomponent: number;
}

/** Reads `PID-5.1.2` or, for datatypes, `XPN.1.2` and `XPN`; null when it is neither. */
export function parseSource(path: string): SourcePath | null {
  const segment = /^([A-Z][A-Z0-9]{2})-(\d{1,3})(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?$/.exec(path);
  if (segment)
    return {
      root: segment[1] ?? '',
      field: Number(segment[2]),
      component: Number(segment[3] ?? 0),
      subcomponent: Number(segment[4] ?? 0),
    };
  const datatype = /^([A-Z][A-Z0-9]{1,3})(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?$/.exec(path);
  if (datatype)
    return {
      root: datatype[1] ?? '',
      field: 0,
      component: Number(datatype[2] ?? 0),
      subcomponent: Number(datatype[3] ?? 0),
    };
  return null;
}
