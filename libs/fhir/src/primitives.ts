const date =
  /^([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$/;
const dateTime =
  /^([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$/;
const instant =
  /^([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))$/;
const uri = /^\S+$/;
const text = (value: unknown): boolean => typeof value === 'string' && isText(value);
const matching = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const whole = (least: number) => (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 2_147_483_647;
/** A day that the calendar does not have (2023-02-30) fits the pattern. */
const real = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'string' &&
  pattern.test(value) &&
  (value.length < 10 || isCalendarDay(value.slice(0, 10)));

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  base64Binary: value => typeof value === 'string' && isBase64(value),
  boolean: value => typeof value === 'boolean',
  canonical: matching(uri),
  code: matching(/^[^\s]+(\s[^\s]+)*$/),
  date: real(date),
  dateTime: real(dateTime),
  decimal: value => typeof value === 'number' && Number.isFinite(value),
  id: matching(/^[A-Za-z0-9.-]{1,64}$/),
  instant: real(instant),
  integer: whole(-2_147_483_648),
  markdown: text,
  oid: matching(/^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$/),
  positiveInt: whole(1),
  string: text,
  time: matching(/^([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?$/),
  unsignedInt: whole(0),
  uri: matching(uri),
  url: matching(uri),
  uuid: matching(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  xhtml: text,
};

/** True when the value is allowed for a primitive type of R4 (regular expressions of the datatypes page). */
export function isPrimitiveValue(type: string, value: unknown): boolean {
  return checks[type]?.(value) ?? false;
}

/** Not empty, not blank, no control characters but tab and line ends. */
function isText(value: string): boolean {
  return /\S/.test(value) && !hasControl(value);
}

function hasControl(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return true;
  }
  return false;
}

function isBase64(value: string): boolean {
  const bare = value.replace(/\s/g, '');
  return bare.length > 0 && bare.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(bare);
}

/** True for YYYY-MM-DD that the Gregorian calendar has. */
export function isCalendarDay(day: string): boolean {
  const [year = 0, month = 0, date_ = 0] = day.split('-').map(Number);
  return month >= 1 && month <= 12 && date_ >= 1 && date_ <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
