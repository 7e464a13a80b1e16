import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
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
import { headBytes } from '../receive/readBytes.js';
import { statusOf } from './statusOf.js';

/** Bodies that are an HL7 v2 message in ER7, under the names in use for it. */
export const hl7ContentTypes = [
  'application/hl7-v2',
  'application/hl7-v2+er7',
  'x-application/hl7-v2+er7',
  'text/plain',
];
const ackContentType = 'application/hl7-v2';

@Controller('interfaces')
export class InterfacesController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(GATEWAY) private readonly gateway: Late<Gateway>,
  ) {}

  /** The caller's interfaces: what each takes, its limits, and where it listens. */
  @Get()
  async list(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { traceparent } = request;
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'search',
      resourceType: 'Interface',
      traceparent,
    });
    const interfaces = this.gateway.get().describe(caller.tenant);
    await permit.record(interfaces.map(one => `Interface/${one.id}`));
    return { interfaces };
  }

  /**
   * Takes one message as the body; the control-id rule is that of MLLP, there is no Idempotency-Key. Another
   * tenant's interface is answered like an unknown one. The id of what was stored is in `x-message-id`.
   */
  @Post(':id/messages')
  async post(
    @Param('id') id: string,
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const gateway = this.gateway.get();
    const active = await gateway.find(caller.tenant, id);
    if (!active) throw notFound('This interface');
    const { traceparent, body } = request;
    if (!Buffer.isBuffer(body) || body.length === 0)
      throw httpProblem(
        Buffer.isBuffer(body)
          ? { status: 400, code: 'ANM_BAD_REQUEST', text: 'The body is empty: send one HL7 v2 message' }
          : {
              status: 415,
              code: 'ANM_MEDIA_TYPE_UNSUPPORTED',
              text: `Send one HL7 v2 message as ${ackContentType}`,
            },
      );
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'write',
      resourceType: 'Message',
      traceparent,
    });
    const truncated = body.length > active.contract.transport.maxBytes;
    const bytes = truncated ? body.subarray(0, headBytes) : body;
    const answer = await gateway.receiver.receive({ active, bytes, transport: 'http', truncated });
    const stored = answer.kind === 'answer' ? answer.messageId : '';
    await permit.record(stored ? [`Message/${stored}`] : []);
    const status = statusOf(answer);
    reply.status(status);
    if (stored) reply.header('x-message-id', stored);
    if (status === 503) reply.header('retry-after', '5');
    if (answer.kind === 'withheld') {
      throw httpProblem({
        status,
        code: 'ANM_LOG_UNAVAILABLE',
        text: 'The message could not be stored: send the same message again later',
        retryAfterSeconds: 5,
      });
    }
    await reply.header('content-type', ackContentType).send(Buffer.from(answer.bytes));
  }
}
