import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  Caller,
  httpProblem,
  notFound,
  Purpose,
  SERVICE_CONTEXT,
  type ServiceContext,
} from '@anamnesis/service';
import {
  exceptionsOfItem,
  openExceptions,
  type ItemException,
  type OpenException,
} from '../exceptions/openExceptions.js';

const hitsOf = (exceptions: readonly OpenException[]): string[] =>
  exceptions.map(one => `Exception/${one.case}`);

@Controller('exceptions')
export class ExceptionsController {
  constructor(@Inject(SERVICE_CONTEXT) private readonly context: ServiceContext) {}

  /** Failures that are somebody's work now, grouped by cause. */
  @Get()
  async list(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() { traceparent }: FastifyRequest,
  ): Promise<{ exceptions: readonly OpenException[] }> {
    if (Object.keys(query).length > 0)
      throw httpProblem({ status: 400, code: 'ANM_SEARCH_REFUSED', text: 'This list takes no parameters' });
    const { access, pool } = this.context;
    const permit = await access.enter({
      caller,
      purpose,
      action: 'search',
      resourceType: 'Exception',
      traceparent,
    });
    const exceptions = await openExceptions(pool, caller.tenant);
    await permit.record(hitsOf(exceptions));
    return { exceptions };
  }

  /** Case and task of one message; 404 when nothing ever failed with it. */
  @Get(':itemId')
  async ofItem(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Param('itemId') itemId: string,
    @Req() { traceparent }: FastifyRequest,
  ): Promise<{ itemId: string; exceptions: readonly ItemException[] }> {
    const { access, pool } = this.context;
    const permit = await access.enter({
      caller,
      purpose,
      action: 'read',
      resourceType: 'Exception',
      resourceId: itemId,
      traceparent,
    });
    const exceptions = await exceptionsOfItem(pool, caller.tenant, itemId);
    await permit.record(hitsOf(exceptions));
    if (exceptions.length === 0) throw notFound('An exception of this message');
    return { itemId, exceptions };
  }
}
