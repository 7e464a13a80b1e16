import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, type Logger } from '@anamnesis/telemetry';
import { operationOutcome, problemOf } from './outcome.js';

export interface ErrorFilterOptions {
  readonly logger: Logger;
  readonly statuses: Readonly<Record<string, number>>;
}

export const ERROR_FILTER_OPTIONS = Symbol('error filter options');

/** Every failed request answers an OperationOutcome; an unknown error says nothing but a reference into the log. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(ERROR_FILTER_OPTIONS) private readonly options: ErrorFilterOptions) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { logger, statuses } = this.options;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const reference = request.id;
    const problem = problemOf(error, statuses) ?? {
      status: 500,
      code: 'ANM_INTERNAL',
      issues: [
        {
          severity: 'fatal' as const,
          type: 'exception' as const,
          text: `This request failed for a reason of ours: name the reference ${reference} to the operator`,
        },
      ],
    };
    const at = { requestId: reference, method: request.method, route: request.routeOptions?.url };
    if (problem.status >= 500)
      logger[problem.status === 503 ? 'warn' : 'error']('http.failed', {
        ...at,
        status: problem.status,
        ...describeError(error),
      });
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    if (problem.retryAfterSeconds !== undefined)
      reply.header('retry-after', String(problem.retryAfterSeconds));
    const fhir = request.url.startsWith('/fhir');
    reply
      .status(problem.status)
      .header('content-type', `${fhir ? 'application/fhir+json' : 'application/json'}; charset=utf-8`)
      .send(JSON.stringify(operationOutcome(reference, problem.code, problem.issues)));
  }
}
