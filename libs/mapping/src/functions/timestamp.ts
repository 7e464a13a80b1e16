import type { LocalOffset } from './zone.js';

/** An HL7 timestamp (DTM, DT, TS) as sent; parts that were not sent are left out. */
export interface Timestamp {
  readonly year: number;
  readonly month?: number;
  readonly day?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  /** Digits behind the second, as sent. */
  readonly fraction?: string;
  /** Minutes east of UTC. */
  readonly offset?: number;
}

const pattern =
  /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,9}))?)?)?)?)?)?(?:([+-])(\d{2})(\d{2}))?$/;

/** Reads `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ]`; undefined when it is none or names no real day or time. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const number = (group: number) => (match[group] === undefined ? undefined : Number(match[group]));
  const [year = 0, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(number);
  if (year < 1000) return undefined;
  if (month !== undefined && (month < 1 || month > 12)) return undefined;
  if (day !== undefined && (day < 1 || day > daysIn(year, month ?? 1))) return undefined;
  if ((minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  if (hour !== undefined && (hour > 24 || (hour === 24 && ((minute ?? 0) > 0 || (second ?? 0) > 0))))
    return undefined;
  const offset =
    match[8] === undefined
      ? undefined
      : (match[8] === '-' ? -1 : 1) * (Number(match[9]) * 60 + Number(match[10]));
  if (offset !== undefined && (Math.abs(offset) > 14 * 60 || Number(match[10]) > 59)) return undefined;
  return { year, month, day, hour, minute, second, fraction: match[7], offset };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** `YYYY[-MM[-DD]]`; whatever time was sent is left out, and nothing is shifted. */
export function formatDate({ year, month, day }: Timestamp): string {
  const m = month === undefined ? '' : `-${pad(month)}`;
  return `${pad(year, 4)}${m}${day === undefined ? '' : `-${pad(day)}`}`;
}

/** Local time of a timestamp as if it were UTC, in milliseconds. */
export function localMs(t: Timestamp): number {
  const millis = Math.trunc(Number(`0.${t.fraction ?? '0'}`) * 1000);
  return Date.UTC(t.year, (t.month ?? 1) - 1, t.day ?? 1, t.hour ?? 0, t.minute ?? 0, t.second ?? 0, millis);
}

/** The offset by precedence: the timestamp's own, that of MSH-7, that of the sender's zone. */
export function offsetOf(
  t: Timestamp,
  messageOffset: number | undefined,
  zone: (localMs: number) => LocalOffset,
): LocalOffset {
  const minutes = t.offset ?? messageOffset;
  return minutes === undefined ? zone(localMs(t)) : { minutes, kind: 'exact' };
}

/** With offset once an hour was sent (R4 wants one then, and seconds: they are zero-filled), else as a date. */
export function formatDateTime(t: Timestamp, offset: number): string {
  if (t.hour === undefined) return formatDate(t);
  const shifted = t.hour === 24 ? nextDay(t) : t;
  const seconds = `${pad(shifted.second ?? 0)}${t.fraction === undefined ? '' : `.${t.fraction}`}`;
  return `${formatDate(shifted)}T${pad(shifted.hour ?? 0)}:${pad(shifted.minute ?? 0)}:${seconds}${formatOffset(offset)}`;
}

function nextDay(t: Timestamp): Timestamp {
  const day = new Date(Date.UTC(t.year, (t.month ?? 1) - 1, (t.day ?? 1) + 1));
  return {
    ...t,
    year: day.getUTCFullYear(),
    month: day.getUTCMonth() + 1,
    day: day.getUTCDate(),
    hour: 0,
  };
}

function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.trunc(size / 60))}:${pad(size % 60)}`;
}

/** RFC 3339 instant in UTC with milliseconds: instants written so compare as text. */
export function toInstant(t: Timestamp, offset: number): string {
  return new Date(localMs(t) - offset * 60_000).toISOString();
}
