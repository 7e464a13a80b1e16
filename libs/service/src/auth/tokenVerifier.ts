import { createRemoteJWKSet, decodeJwt, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { isCodedError } from '@anamnesis/contracts';
import { issuerUnavailable, unauthenticated } from '../errors.js';
import type { Tenant, Tenants } from '../tenants.js';
import type { Caller } from './caller.js';

/** Signature algorithms accepted: asymmetric ones only, so that no shared secret can forge a token. */
const algorithms = ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA'];
const clockToleranceSeconds = 5;
/** A verified token is believed this long without checking its signature again. */
const rememberMs = 30_000;
const longestToken = 8_192;

export interface TokenVerifierOptions {
  readonly tenants: Tenants;
  readonly audience: string;
  readonly tokenType: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Keys of an issuer; default: discovered and fetched over HTTP, cached. */
  readonly keysOf?: (issuer: string) => Promise<JWTVerifyGetKey>;
}

/** Verifies the value of an `Authorization` header and names the caller. */
export type TokenVerifier = (authorization: string | undefined) => Promise<Caller>;

/** Fetches the key set that an issuer's discovery document names, once; jose keeps the keys fresh. */
export function discoverKeys(fetchTimeoutMs = 3_000): (issuer: string) => Promise<JWTVerifyGetKey> {
  const known = new Map<string, Promise<JWTVerifyGetKey>>();
  const discover = async (issuer: string): Promise<JWTVerifyGetKey> => {
    const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(fetchTimeoutMs),
    });
    const document = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (document.issuer !== issuer || typeof document.jwks_uri !== 'string')
      throw issuerUnavailable({ issuer });
    return createRemoteJWKSet(new URL(document.jwks_uri), { timeoutDuration: fetchTimeoutMs });
  };
  return issuer => {
    let keys = known.get(issuer);
    if (!keys) {
      keys = discover(issuer).catch((error: unknown) => {
        known.delete(issuer);
        throw isCodedError(error) ? error : issuerUnavailable({ issuer }, error);
      });
      known.set(issuer, keys);
    }
    return keys;
  };
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined;
}

function callerFrom(payload: JWTPayload, tenant: Tenant): Caller {
  const roles = texts(payload['roles']);
  const purposes = texts(payload['purposes'] ?? []);
  if (!payload.sub || !roles || !purposes) throw unauthenticated({ reason: 'claims missing' });
  return { sub: payload.sub, tenant: tenant.name, roles, purposes };
}

/** jose's own refusals; anything else is trouble with fetching keys. */
function refusal(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return undefined;
  if (code === 'ERR_JWT_EXPIRED') return 'expired';
  if (code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC' || code === 'ERR_JWKS_INVALID')
    return undefined;
  return code.startsWith('ERR_J') ? 'not accepted' : undefined;
}

/**
 * Checks bearer tokens: issuer of a tenant of this cell, signature by that issuer's keys, audience, type, times
 * (5 s tolerance).
 * Raised: `ANM_UNAUTHENTICATED`; `ANM_ISSUER_UNAVAILABLE` when the keys cannot be fetched.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { tenants, audience, tokenType, clock, keysOf = discoverKeys() } = options;
  const verified = new LRUCache<string, { readonly caller: Caller; readonly until: number }>({ max: 1_000 });

  const issuerOf = (token: string): string | undefined => {
    try {
      return decodeJwt(token).iss;
    } catch {
      return undefined;
    }
  };

  return async authorization => {
    if (!authorization) throw unauthenticated({ reason: 'no token' });
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (!token || token.length > longestToken) throw unauthenticated({ reason: 'no bearer token' });
    const now = clock();
    const known = verified.get(token);
    if (known && now < known.until) return known.caller;
    const tenant = tenants.byIssuer(issuerOf(token) ?? '');
    if (!tenant) throw unauthenticated({ reason: 'issuer unknown' });
    const keys = await keysOf(tenant.issuer);
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer: tenant.issuer,
        audience,
        algorithms,
        typ: tokenType,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now),
        requiredClaims: ['exp', 'sub', 'iat'],
      }));
    } catch (error) {
      const reason = refusal(error);
      throw reason ? unauthenticated({ reason }, error) : issuerUnavailable({ issuer: tenant.issuer }, error);
    }
    const caller = callerFrom(payload, tenant);
    verified.set(token, { caller, until: Math.min(now + rememberMs, (payload.exp ?? 0) * 1_000) });
    return caller;
  };
}
