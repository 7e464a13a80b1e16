import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Resource } from '../decide/types.js';
import { searchTokens } from '@anamnesis/fhir';

/** Codes repeat in nearly every resource, identifiers hardly ever: a small memory takes most of the hashing. */
const known = new LRUCache<string, string>({ max: 20_000 });

/** 64-bit hash of a token as signed decimal text, the form that Postgres reads as bigint. */
export function tokenHash(text: string): string {
  let hash = known.get(text);
  if (hash === undefined) {
    hash = createHash('sha256').update(text).digest().readBigInt64BE(0).toString();
    known.set(text, hash);
  }
  return hash;
}

/** How a token is asked for: any system, one system, or none (`|code`). */
export function tokenText(
  tenant: string,
  type: string,
  param: string,
  code: string,
  system: string | undefined,
): string {
  return system === undefined
    ? `${tenant} ${type} ${param} *${code}`
    : `${tenant} ${type} ${param} ${system}|${code}`;
}

/** Every token of a resource, as a Postgres array literal. */
export function tokensOf(tenant: string, type: string, resource: Resource): string {
  const hashes = new Set<string>();
  for (const { param, system, code } of searchTokens(resource)) {
    if (param !== 'identifier' && param !== 'code') continue;
    hashes.add(tokenHash(tokenText(tenant, type, param, code, undefined)));
    hashes.add(tokenHash(tokenText(tenant, type, param, code, system)));
  }
  return `{${[...hashes].join(',')}}`;
}
