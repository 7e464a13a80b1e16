import { badRequest } from '../errors.js';

/** Query strings as Fastify parses them: a repeated parameter is a list. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

/**
 * One query parameter, or undefined. Raised when it is repeated or empty.
 * Unknown parameters are refused by {@link only}: a typing error must not widen an answer.
 */
export function text(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > 500)
    throw badRequest({ sentence: `Give ${name} once and not empty` });
  return value;
}

/** Raised when a query has a parameter that is not one of these. */
export function only(query: Query, names: readonly string[]): void {
  for (const name of Object.keys(query))
    if (!names.includes(name))
      throw badRequest({ sentence: `Only these parameters are known here: ${names.join(', ')}` });
}

export function flag(query: Query, name: string): boolean {
  const value = text(query, name);
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw badRequest({ sentence: `${name} is true or false` });
}

export function whole(
  query: Query,
  name: string,
  range: { readonly least: number; readonly most: number },
): number | undefined {
  const value = text(query, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d{1,15}$/.test(value) || number < range.least || number > range.most)
    throw badRequest({ sentence: `${name} is a whole number from ${range.least} to ${range.most}` });
  return number;
}

/** A time as RFC 3339 or epoch milliseconds; answers epoch milliseconds. */
export function time(query: Query, name: string): number | undefined {
  const value = text(query, name);
  if (value === undefined) return undefined;
  const at = /^\d{1,15}$/.test(value) ? Number(value) : Date.parse(value);
  if (Number.isNaN(at) || at > 8.64e15)
    throw badRequest({ sentence: `${name} is a time: RFC 3339, or milliseconds since 1970` });
  return at;
}
