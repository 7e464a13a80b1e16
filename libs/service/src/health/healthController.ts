import { Controller, Get, Header, Inject, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { CommittedBatch } from '@anamnesis/processing';
import { Caller } from '../auth/caller.js';
import { Public } from '../auth/public.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../context.js';
import { httpProblem } from '../http/problem.js';
import { HEALTH, type Health, type Readiness } from './health.js';

/** What operators and the cluster ask of every service. */
@Controller()
export class HealthController {
  constructor(
    @Inject(HEALTH) private readonly health: Health,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
  ) {}

  /** Answers while the event loop turns: a broker outage must not restart the fleet. */
  @Public()
  @Get('health/live')
  @Header('cache-control', 'no-store')
  live(): { status: string; service: string; state: string } {
    return { status: 'live', service: this.context.name, state: this.health.state() };
  }

  @Public()
  @Get('health/ready')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    reply.status(readiness.ready ? 200 : 503);
    return readiness;
  }

  @Public()
  @Get('metrics')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', this.context.metrics.contentType);
    return this.context.metrics.exposition();
  }

  /** Batches committed after `since` (epoch milliseconds), for lag tools and the end-to-end benchmark. */
  @Get('progress')
  progress(
    @Caller() caller: Caller,
    @Query('since') since = '0',
  ): { readonly now: number; readonly commits: readonly CommittedBatch[] } {
    if (!caller.roles.includes('operator'))
      throw httpProblem({ status: 403, code: 'ANM_ACCESS_DENIED', text: 'This needs the role operator' });
    if (!/^\d{1,15}(\.\d+)?$/.test(since))
      throw httpProblem({
        status: 400,
        code: 'ANM_BAD_REQUEST',
        text: 'since must be a time in milliseconds since 1970',
      });
    return { now: this.context.clock(), commits: this.context.progress.since(Number(since)) };
  }
}
