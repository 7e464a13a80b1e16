import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller, notFound, Purpose, SERVICE_CONTEXT, type ServiceContext } from '@anamnesis/service';
import { personOf, type PersonView } from '../store/personOf.js';

@Controller('persons')
export class PersonsController {
  constructor(@Inject(SERVICE_CONTEXT) private readonly context: ServiceContext) {}

  /** The person that a source record belongs to now, with all members; 404 for a record of another tenant. */
  @Get('by-record/:srid')
  async byRecord(
    @Param('srid') srid: string,
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Req() { traceparent }: FastifyRequest,
  ): Promise<PersonView> {
    const { access, pool } = this.context;
    const permit = await access.enter({
      caller,
      purpose,
      action: 'read',
      resourceType: 'Person',
      resourceId: srid,
      srid,
      traceparent,
    });
    const view = await personOf(pool, caller.tenant, srid);
    await permit.record(view ? [`Person/${view.person}`] : []);
    if (!view) throw notFound('This source record');
    return view;
  }
}
