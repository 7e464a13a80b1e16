import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Caller, Purpose, SERVICE_CONTEXT, type ServiceContext } from '@anamnesis/service';
import { badRequest } from '../errors.js';
import type { MessageCandidate, MessageFields, MessageLineage, RawMessage } from '../lineage/types.js';
import { LINEAGE, type LateLineage } from './audit.js';
import { flag, only, text, type Query as Parameters } from './parameters.js';
import { recorded } from './recorded.js';

/** Where messages went. Masked unless `reveal=true`, which is a right and an access of its own. */
@Controller('lineage/messages')
export class MessageLineageController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(LINEAGE) private readonly lineage: LateLineage,
  ) {}

  @Get()
  async find(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Query() query: Parameters,
  ): Promise<{ candidates: MessageCandidate[] }> {
    only(query, ['control', 'interface']);
    const control = text(query, 'control');
    if (control === undefined) throw badRequest({ sentence: 'Name a control id: ?control=…' });
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'search',
      resourceType: 'Message',
    });
    const candidates = await recorded(
      permit,
      () => this.lineage.get().byControl(caller.tenant, control, text(query, 'interface')),
      found => found.map(({ id }) => `Message/${id}`),
    );
    return { candidates };
  }

  @Get(':id')
  async message(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Param('id') id: string,
    @Query() query: Parameters,
  ): Promise<MessageLineage> {
    only(query, []);
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'lineage',
      resourceType: 'Message',
      resourceId: id,
    });
    return recorded(
      permit,
      () => this.lineage.get().message(caller.tenant, id),
      found => [`Message/${found.id}`, ...found.resources.map(one => `${one.type}/${one.id}`)],
    );
  }

  @Get(':id/fields')
  async fields(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Param('id') id: string,
    @Query() query: Parameters,
  ): Promise<MessageFields> {
    only(query, ['source', 'target', 'all', 'reveal']);
    const reveal = flag(query, 'reveal');
    const source = text(query, 'source');
    const target = text(query, 'target');
    if (source === undefined && target === undefined && !flag(query, 'all'))
      throw badRequest({ sentence: 'Name a source field, a target, or ask for all=true' });
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: reveal ? 'reveal' : 'lineage',
      resourceType: 'Message',
      resourceId: id,
    });
    return recorded(
      permit,
      () => this.lineage.get().fields(caller.tenant, id, { source, target, reveal }),
      found => [`Message/${found.id}`],
    );
  }

  @Get(':id/raw')
  async raw(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Param('id') id: string,
    @Query() query: Parameters,
  ): Promise<RawMessage> {
    only(query, ['reveal']);
    const reveal = flag(query, 'reveal');
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: reveal ? 'reveal' : 'lineage',
      resourceType: 'Message',
      resourceId: id,
    });
    return recorded(
      permit,
      () => this.lineage.get().raw(caller.tenant, id, reveal),
      found => [`Message/${found.id}`],
    );
  }
}
