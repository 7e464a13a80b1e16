import { createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Header that selects among the purposes of the token. It never widens them. */
export const purposeHeader = 'x-purpose-of-use';

/**
 * The purpose that a request names; undefined when it names none, which denies. A purpose outside the token's is
 * handed on as named: the decision refuses it with that reason, and the ledger keeps what was claimed.
 */
export function purposeOf(request: {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}): string | undefined {
  const named = request.headers[purposeHeader];
  return typeof named === 'string' && /^[A-Z][A-Z0-9-]{1,19}$/.test(named) ? named : undefined;
}

/** Parameter decorator: {@link purposeOf} the request. */
export const Purpose = createParamDecorator((_data: unknown, context) =>
  purposeOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
