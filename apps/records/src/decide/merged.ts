import { recordKey, type RecordsState } from './types.js';

/** The source record that a record's data is found under now: itself, or the end of its chain of merges. */
export function survivorOf(state: RecordsState, tenant: string, srid: string): string {
  let at = srid;
  for (;;) {
    const next = state.merged.get(recordKey(tenant, at));
    if (next === undefined) return at;
    at = next;
  }
}

/** Whether two source records are one, by themselves or by merges. */
export function sameRecord(state: RecordsState, tenant: string, a: string, b: string): boolean {
  return a === b || survivorOf(state, tenant, a) === survivorOf(state, tenant, b);
}
