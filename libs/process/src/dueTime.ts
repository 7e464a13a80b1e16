import { DateTime, Duration } from 'luxon';

/** True for a positive ISO 8601 duration such as `PT24H` or `P7D`. */
export function isDuration(text: string): boolean {
  const duration = Duration.fromISO(text);
  return duration.isValid && duration.toMillis() > 0;
}

/**
 * When a duration that starts at `from` (epoch milliseconds) ends, epoch milliseconds. Hours are elapsed time; days
 * and longer are calendar days of `zone`: seven days over a change of daylight saving end at the same wall clock.
 */
export function dueTime(from: number, duration: string, zone: string): number {
  return DateTime.fromMillis(from, { zone }).plus(Duration.fromISO(duration)).toMillis();
}

/** RFC 3339 in UTC. */
export function instant(milliseconds: number): string {
  return DateTime.fromMillis(milliseconds, { zone: 'utc' }).toISO() ?? '';
}

export function milliseconds(text: string): number {
  return DateTime.fromISO(text, { setZone: true }).toMillis();
}
