import { RouteConfig } from '@nestjs/platform-fastify';

/** Marks one route that needs no token. Routes without it always need one. */
export const Public = (): MethodDecorator => RouteConfig({ public: true });

/** True for a route marked {@link Public}. */
export function isPublic(config: object | undefined): boolean {
  return config !== undefined && 'public' in config && config.public === true;
}
