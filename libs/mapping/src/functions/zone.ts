import { IANAZone } from 'luxon';

/** Offset of a local time in minutes; `gap` and `overlap` tell that the clocks were changed at that time. */
export interface LocalOffset {
  readonly minutes: number;
  readonly kind: 'exact' | 'gap' | 'overlap';
}

const dayMs = 86_400_000;
const cacheSize = 20_000;

/**
 * Offsets of one IANA zone. Asking the time-zone data costs microseconds, so days without a change of clocks are
 * remembered; the answers depend on nothing but the zone data.
 */
export function createZone(name: string): (localMs: number) => LocalOffset {
  const zone = IANAZone.create(name);
  const days = new Map<number, LocalOffset>();
  return localMs => {
    const day = Math.floor(localMs / dayMs);
    const known = days.get(day);
    if (known !== undefined) return known;
    const before = zone.offset((day - 1) * dayMs);
    const after = zone.offset((day + 2) * dayMs);
    if (before !== after) return onChange(zone, localMs, before, after);
    const offset: LocalOffset = { minutes: before, kind: 'exact' };
    if (days.size >= cacheSize) days.clear();
    days.set(day, offset);
    return offset;
  };
}

/**
 * The written rule: a time inside a gap is read with the offset in force before it, a time inside an overlap is its
 * first occurrence.
 */
function onChange(zone: IANAZone, localMs: number, before: number, after: number): LocalOffset {
  const valid = (minutes: number): boolean => zone.offset(localMs - minutes * 60_000) === minutes;
  const early = valid(before);
  const late = valid(after);
  if (early && late) return { minutes: before, kind: 'overlap' };
  if (!early && !late) return { minutes: before, kind: 'gap' };
  return { minutes: early ? before : after, kind: 'exact' };
}
