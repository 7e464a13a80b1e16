import { configInvalid } from '@anamnesis/service/errors';

export interface SigningKeys {
  /** Private JWKS. */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
  /** Algorithm that tokens are signed with. */
  readonly alg: string;
}

const variable = 'IDP_KEYS_FILE';

function algorithmOf({ alg, kty, crv }: Record<string, unknown>): string | undefined {
  if (typeof alg === 'string') return alg;
  if (kty === 'RSA') return 'RS256';
  return kty === 'EC' && crv === 'P-256' ? 'ES256' : undefined;
}

/** A private JWKS from its text; tokens are signed with its first key. Raised when it holds none. */
export function parseKeys(text: string): SigningKeys {
  let content: { keys?: unknown } | null;
  try {
    content = JSON.parse(text) as typeof content;
  } catch {
    throw configInvalid({ variable, problem: 'names a file that is not JSON' });
  }
  const keys = Array.isArray(content?.keys) ? (content.keys as Record<string, unknown>[]) : [];
  const [first] = keys;
  const alg = first && typeof first['d'] === 'string' ? algorithmOf(first) : undefined;
  if (!alg)
    throw configInvalid({
      variable,
      problem: 'holds no private RSA or P-256 key as the first of its "keys"',
    });
  return { jwks: { keys }, alg };
}
