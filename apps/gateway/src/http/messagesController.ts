import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  Caller,
  httpProblem,
  notFound,
  Purpose,
  SERVICE_CONTEXT,
  type Late,
  type ServiceContext,
} from '@anamnesis/service';
import { GATEWAY, type Gateway } from '../gateway.js';

const mostFound = 100;
const known = new Set(['control', 'interface']);

/** The message store for people: by control id, by message or event id. Answers hold ids and states, no content. */
@Controller('messages')
export class MessagesController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(GATEWAY) private readonly gateway: Late<Gateway>,
  ) {}

  /** `?control=MSH-10[&interface=ID]`: every message of the caller's tenant under that control id, newest first. */
  @Get()
  async search(
    @Query() query: Record<string, string>,
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Req() { traceparent }: FastifyRequest,
  ): Promise<object> {
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'search',
      resourceType: 'Message',
      traceparent,
    });
    const { control, interface: interfaceId } = query;
    const stranger = Object.keys(query).some(name => !known.has(name));
    if (typeof control !== 'string' || control === '' || stranger)
      throw httpProblem({
        status: 400,
        code: 'ANM_BAD_REQUEST',
        text: 'Search by control, and narrow by interface: ?control=…&interface=…',
      });
    const messages = await this.gateway.get().byControl(caller.tenant, control, interfaceId, mostFound);
    await permit.record(messages.map(message => `Message/${message.id}`));
    return { messages };
  }

  @Get(':id')
  async read(
    @Param('id') id: string,
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Req() { traceparent }: FastifyRequest,
  ): Promise<object> {
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'read',
      resourceType: 'Message',
      resourceId: id,
      traceparent,
    });
    const message = await this.gateway.get().search.byId(caller.tenant, id);
    await permit.record(message ? [`Message/${message.id}`] : []);
    if (!message) throw notFound('This message');
    return message;
  }
}
