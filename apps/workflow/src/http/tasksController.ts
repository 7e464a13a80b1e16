import { Body, Controller, Get, Headers, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  Caller,
  httpProblem,
  notFound,
  Public,
  Purpose,
  SERVICE_CONTEXT,
  type Late,
  type ServiceContext,
} from '@anamnesis/service';
import { findTask, searchTasks } from '../store/tasks.js';
import type { CommandResponse } from '../decide/workflowDecider.js';
import { capabilityStatement, operations, type Operation } from './capability.js';
import type { Commands } from './commands.js';
import { etagOf, fhirTask, type TaskView } from './fhirTask.js';
import { refusalOf } from './refusals.js';
import { parseTaskSearch, searchBundle, type Query as SearchQuery } from './taskSearch.js';

export const COMMANDS = Symbol('commands');
const longestNote = 2_000;
const fhirJson = 'application/fhir+json; charset=utf-8';

function versionFrom(ifMatch: string | undefined): number {
  if (ifMatch === undefined)
    throw httpProblem({
      status: 428,
      code: 'ANM_IF_MATCH_REQUIRED',
      text: 'Name the version of the task that you read in If-Match: one of several claims wins by it',
    });
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch)?.[1];
  if (version === undefined)
    throw httpProblem({
      status: 400,
      code: 'ANM_BAD_REQUEST',
      text: 'If-Match is the ETag of the task, for example W/"1"',
    });
  return Number(version);
}

function noteFrom(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  const { note } = body as { note?: unknown };
  if (note === undefined) return undefined;
  if (typeof note === 'string' && note.length <= longestNote) return note;
  throw httpProblem({
    status: 400,
    code: 'ANM_BAD_REQUEST',
    text: `note is a text of at most ${longestNote} characters`,
  });
}

@Controller('fhir')
export class TasksController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(COMMANDS) private readonly commands: Late<Commands>,
  ) {}

  @Get('metadata')
  @Public()
  metadata(@Res({ passthrough: true }) reply: FastifyReply): object {
    reply.header('content-type', fhirJson);
    return capabilityStatement;
  }

  @Get('Task')
  async search(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Query() query: SearchQuery,
    @Req() { traceparent }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const search = parseTaskSearch(query);
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'search',
      resourceType: 'Task',
      srid: search.srid,
      traceparent,
    });
    const found = await searchTasks(this.context.pool, caller.tenant, { ...search, limit: search.limit + 1 });
    await permit.record(found.slice(0, search.limit).map(({ task }) => `Task/${task}`));
    reply.header('content-type', fhirJson);
    return searchBundle(found, search.limit, query);
  }

  @Get('Task/:id')
  async read(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Param('id') id: string,
    @Req() { traceparent }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'read',
      resourceType: 'Task',
      resourceId: id,
      traceparent,
    });
    const task = await findTask(this.context.pool, caller.tenant, id);
    await permit.record(task ? [`Task/${id}`] : []);
    if (!task) throw notFound('This task');
    return this.answer(task, reply);
  }

  /** `$claim`, `$complete`, `$release`. */
  @Post('Task/:id/:operation')
  async act(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Param('id') id: string,
    @Param('operation') named: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Body() body: unknown,
    @Req() { traceparent }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const operation = operations.find(name => named === `$${name}`);
    if (!operation) throw notFound('This operation');
    const version = versionFrom(ifMatch);
    const note = noteFrom(body);
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'write',
      resourceType: 'Task',
      resourceId: id,
      traceparent,
    });
    const before = await findTask(this.context.pool, caller.tenant, id);
    if (!before) {
      await permit.record([]);
      throw notFound('This task');
    }
    const decision = await this.commands.get().submit({
      caller,
      command: operation satisfies Operation,
      task: id,
      srid: before.srid,
      ifMatch: version,
      note,
      idempotencyKey,
      traceparent,
    });
    await permit.record([`Task/${id}`]);
    if (decision.outcome === 'rejected') throw refusalOf((decision.response as CommandResponse).code);
    const after = await findTask(this.context.pool, caller.tenant, id);
    if (!after) throw notFound('This task');
    reply.status(200);
    return this.answer(after, reply);
  }

  private answer(task: TaskView, reply: FastifyReply): object {
    reply.header('content-type', fhirJson);
    reply.header('etag', etagOf(task));
    reply.header('last-modified', new Date(task.changedAt).toUTCString());
    return fhirTask(task);
  }
}
