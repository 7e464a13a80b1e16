import { Controller, Get, Inject, Query } from '@nestjs/common';
import { Caller, Purpose, SERVICE_CONTEXT, type ServiceContext } from '@anamnesis/service';
import { badRequest } from '../errors.js';
import { accessesTo, type AccessRow } from '../store/accessStore.js';
import { only, text, time, whole, type Query as Parameters } from './parameters.js';

/** Who saw, was refused, or acted. Asking is itself an access. */
@Controller('access')
export class LedgerController {
  constructor(@Inject(SERVICE_CONTEXT) private readonly context: ServiceContext) {}

  @Get()
  async accesses(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Query() query: Parameters,
  ): Promise<{ accesses: AccessRow[] }> {
    only(query, ['srid', 'resource', 'before', 'limit']);
    const srid = text(query, 'srid');
    const resource = text(query, 'resource');
    if ((srid === undefined) === (resource === undefined))
      throw badRequest({ sentence: 'Name a source record (?srid=…) or a resource (?resource=Type/id)' });
    if (resource !== undefined && !/^[A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.test(resource))
      throw badRequest({ sentence: 'A resource is named Type/id' });
    const before = time(query, 'before');
    const limit = whole(query, 'limit', { least: 1, most: 1_000 }) ?? 100;
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'search',
      resourceType: 'Access',
      srid,
    });
    const accesses = await accessesTo(this.context.pool, caller.tenant, {
      srid,
      resource,
      before: before === undefined ? undefined : new Date(before).toISOString(),
      limit,
    });
    // What was not found was not shown: another tenant's record leaves no trace of having been seen.
    await permit.record(accesses.length === 0 ? [] : [resource ?? `Patient/${srid}`]);
    return { accesses };
  }
}
