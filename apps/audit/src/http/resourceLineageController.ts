import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Caller, Purpose, SERVICE_CONTEXT, type ServiceContext } from '@anamnesis/service';
import { badRequest } from '../errors.js';
import type { FieldLineage } from '../lineage/types.js';
import { LINEAGE, type LateLineage } from './audit.js';
import { flag, only, text, whole, type Query as Parameters } from './parameters.js';
import { recorded } from './recorded.js';

/** Where one element of one resource came from. */
@Controller('lineage/resources')
export class ResourceLineageController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(LINEAGE) private readonly lineage: LateLineage,
  ) {}

  @Get(':type/:id')
  async field(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Param('type') type: string,
    @Param('id') id: string,
    @Query() query: Parameters,
  ): Promise<FieldLineage> {
    only(query, ['path', 'version', 'reveal']);
    const reveal = flag(query, 'reveal');
    const version = whole(query, 'version', { least: 1, most: 2_147_483_647 });
    const path = text(query, 'path');
    if (path === undefined) throw badRequest({ sentence: 'Name an element: ?path=valueQuantity.value' });
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: reveal ? 'reveal' : 'lineage',
      resourceType: type,
      resourceId: id,
    });
    return recorded(
      permit,
      () => this.lineage.get().field(caller.tenant, { type, id, path, version, reveal }),
      found => [`${type}/${id}`, `Message/${found.correlationId}`],
    );
  }
}
