import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { RandomBytes } from '@anamnesis/keys';
import { childTraceparent, type Logger, type Metrics } from '@anamnesis/telemetry';
import { isPublic } from '../auth/public.js';
import type { TokenVerifier } from '../auth/tokenVerifier.js';
import { notReady } from '../errors.js';
import { ERROR_FILTER_OPTIONS, ErrorFilter } from './errorFilter.js';

export interface AppOptions {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly maxBodyBytes: number;
  /** Content types whose bodies reach controllers as a Buffer; JSON is parsed, everything else is 415. */
  readonly rawContentTypes: readonly (string | RegExp)[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly verify: TokenVerifier;
  readonly isOpen: () => boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly random: RandomBytes;
}

@Module({})
class ServiceModule {}

/** JSON by any of its names. FHIR's patch formats and the like are not JSON documents of ours. */
const jsonTypes = /^application\/(?:fhir\+json|json)(?:\s*;|$)/;

function parseBodies(server: FastifyInstance, rawContentTypes: AppOptions['rawContentTypes']): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    jsonTypes,
    { parseAs: 'string' },
    server.getDefaultJsonParser('error', 'error'),
  );
  for (const type of rawContentTypes)
    server.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/**
 * The HTTP side of a service. A token is checked when the headers are there, before the body is read: a stranger
 * cannot make the service parse anything.
 */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { logger, metrics, random, verify, isOpen } = options;
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    genReqId: () => Buffer.from(random(8)).toString('hex'),
    requestTimeout: 60_000,
    forceCloseConnections: 'idle',
    skipMiddie: true,
    multipart: false,
    routerOptions: { maxParamLength: 200 },
  });
  const server = adapter.getInstance<FastifyInstance>();
  server.decorateRequest('caller', undefined);
  server.decorateRequest('traceparent', '');
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const parent = request.headers['traceparent'];
    request.traceparent = childTraceparent(typeof parent === 'string' ? parent : undefined, random);
    if (request.is404 || isPublic(request.routeOptions.config)) return;
    request.caller = await verify(request.headers.authorization);
    if (!isOpen()) throw notReady({ what: 'The service' });
  });
  const durations = metrics.histogram('http_request_duration_seconds');
  server.addHook('onResponse', async (request, reply) => {
    durations.observe(
      {
        method: request.method,
        route: request.is404 ? 'none' : (request.routeOptions.url ?? 'none'),
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1_000,
    );
  });
  parseBodies(server, options.rawContentTypes);

  const module: DynamicModule = {
    module: ServiceModule,
    controllers: [...options.controllers],
    providers: [
      ...options.providers,
      { provide: ERROR_FILTER_OPTIONS, useValue: { logger, statuses: options.statuses } },
      { provide: APP_FILTER, useClass: ErrorFilter },
    ],
  };
  return NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
}
