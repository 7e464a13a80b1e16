import type { Resource } from '../decide/types.js';

export interface Token {
  readonly param: string;
  readonly system?: string;
  readonly code: string;
}

export function searchTokens(resource: Resource): Token[] {
  const tokens: Token[] = [];
  const identifiers = resource['identifier'];
  if (Array.isArray(identifiers))
    for (const { system, value } of identifiers as { system?: string; value?: string }[])
      if (value !== undefined) tokens.push({ param: 'identifier', system, code: value });
  const code = resource['code'] as { coding?: { system?: string; code?: string }[] } | undefined;
  for (const coding of code?.coding ?? [])
    if (coding.code !== undefined) tokens.push({ param: 'code', system: coding.system, code: coding.code });
  return tokens;
}
