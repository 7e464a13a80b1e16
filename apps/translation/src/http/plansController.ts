import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller, Purpose, SERVICE_CONTEXT, type Late, type ServiceContext } from '@anamnesis/service';
import type { Plans } from '../plans.js';

export const PLANS = Symbol('plans');

@Controller('plans')
export class PlansController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(PLANS) private readonly plans: Late<Plans>,
  ) {}

  /** Plans of the caller's interfaces that this process has compiled: what it translates by now. */
  @Get()
  async list(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Req() { traceparent }: FastifyRequest,
  ): Promise<object> {
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'search',
      resourceType: 'Interface',
      traceparent,
    });
    const plans = this.plans
      .get()
      .loaded()
      .filter(({ contract }) => contract.tenant === caller.tenant)
      .map(({ hash, contract }) => ({ hash, interface: contract.id, version: contract.version }));
    await permit.record(plans.map(plan => `Interface/${plan.interface}`));
    return { plans };
  }
}
