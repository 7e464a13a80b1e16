import { createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who asks, as the verified token says. */
export interface Caller {
  readonly sub: string;
  /** From the token's issuer; a header never names a tenant. */
  readonly tenant: string;
  readonly roles: readonly string[];
  /** Purposes of use that the token grants; a request selects one of them. */
  readonly purposes: readonly string[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined on public routes only. */
    caller: Caller | undefined;
    /** W3C traceparent of this request, a child of the caller's. */
    traceparent: string;
  }
}

/** Parameter decorator: the {@link Caller} of the request. */
export const Caller = createParamDecorator((_data: unknown, context): Caller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!caller) throw new Error('A public route has no caller: remove @Public() or @Caller().');
  return caller;
});
