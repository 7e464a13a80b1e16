import { offsetOf, parseTimestamp, toInstant } from '../functions/timestamp.js';
import type { EffectiveTime } from '../rules/types.js';
import type { Run } from '../run/run.js';

/** The instant by which newer wins, and the leaf that says it. */
export interface EffectiveInstant {
  readonly at: string;
  readonly leaf: number;
}

/** Segment and field, in order of preference (blueprint §6, "Who may overwrite"). */
const preference: Readonly<Record<EffectiveTime, readonly (readonly [string, number])[]>> = {
  event: [
    ['EVN', 6],
    ['EVN', 2],
    ['MSH', 7],
  ],
  report: [['MSH', 7]],
};

/** Effective time of the message: for ADT that of its event, for results that of sending. */
export function messageTime(run: Run, kind: EffectiveTime): EffectiveInstant | undefined {
  for (const [name, field] of preference[kind]) {
    const segment = run.firstSegment(name);
    const found = segment < 0 ? undefined : instantAt(run, segment, field);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first leaf of a field as an instant; times without a time of day count from its beginning. */
export function instantAt(run: Run, segment: number, field: number): EffectiveInstant | undefined {
  const a = run.first(segment, field);
  if (a >= run.first(segment, field + 1) || run.isNull(a)) return undefined;
  const t = parseTimestamp(run.text(a).trim());
  if (t === undefined) return undefined;
  return { at: toInstant(t, offsetOf(t, run.messageOffset, run.plan.zone).minutes), leaf: a };
}
