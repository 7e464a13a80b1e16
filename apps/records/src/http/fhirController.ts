import { Controller, Get, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessAction } from '@anamnesis/consent';
import {
  Caller,
  httpProblem,
  notFound,
  Public,
  purposeOf,
  SERVICE_CONTEXT,
  type Late,
  type Permit,
  type ServiceContext,
  type Tenant,
} from '@anamnesis/service';
import { baseOf, bundleText, historyEntry, searchEntry, sendJson, sendVersion } from './answers.js';
import { capabilityStatement } from './capabilityStatement.js';
import { fhirTypes, type Interaction } from './fhirTypes.js';
import { createPageTokens, type PageTokens } from './pageToken.js';
import { RECORD_API, type RecordApi } from './recordApi.js';
import { parseSearch } from './searchQuery.js';
import { resourceOfBody } from './validate.js';

const idForm = /^[A-Za-z0-9.-]{1,64}$/;

function offered(type: string, interaction: Interaction): void {
  const served = fhirTypes[type];
  if (!served) throw notFound('This resource type');
  if (!served.interactions.includes(interaction))
    throw httpProblem({
      status: 405,
      code: 'ANM_INTERACTION_NOT_SUPPORTED',
      text: `${type} is not served for ${interaction}: see /fhir/metadata`,
    });
}

function parametersOf(request: FastifyRequest): [string, string][] {
  const at = request.url.indexOf('?');
  return at < 0 ? [] : [...new URLSearchParams(request.url.slice(at + 1))];
}

/** `W/"3"` or `"3"`; undefined when the header is absent. Raised when it is neither. */
function ifMatchOf(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined) return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined)
    throw httpProblem({
      status: 400,
      code: 'ANM_IF_MATCH_INVALID',
      text: 'If-Match is an ETag of this server',
    });
  return Number(version);
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(header))
    throw httpProblem({
      status: 400,
      code: 'ANM_IDEMPOTENCY_KEY_INVALID',
      text: 'Idempotency-Key is one word of at most 128 printable characters',
    });
  return header;
}

/** The FHIR R4 API. Every route decides on access before it looks, and answers after the access is in the ledger. */
@Controller('fhir')
export class FhirController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(RECORD_API) private readonly api: Late<RecordApi>,
  ) {}

  @Get('metadata')
  @Public()
  metadata(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendJson(reply, JSON.stringify(capabilityStatement(baseOf(request))));
  }

  @Get(':type')
  async search(
    @Param('type') type: string,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    offered(type, 'search-type');
    const query = parseSearch(caller.tenant, type, parametersOf(request));
    const permit = await this.enter(request, caller, 'search', type);
    const tokens = this.tokens(caller);
    const bound = JSON.stringify([type, query.applied]);
    const after = query.page === undefined ? undefined : tokens.read(query.page, bound);
    // One more than asked for tells whether there is a next page.
    const found =
      query.count === 0
        ? []
        : await this.api.get().reads.search(caller.tenant, query, query.count + 1, after);
    const shown = found.slice(0, query.count);
    await permit.record(shown.map(one => `${one.type}/${one.id}`));
    const base = baseOf(request);
    const link = (page?: string): string =>
      `${base}/${type}?${new URLSearchParams([
        ...query.applied.map(([name, value]): [string, string] => [name, value]),
        ['_count', String(query.count)],
        ...(page === undefined ? [] : [['_page', page] as [string, string]]),
      ])}`;
    const last = shown.at(-1);
    const next = found.length > shown.length && last ? { next: link(tokens.write(last, bound)) } : {};
    const entries = shown.map(one => searchEntry(base, one));
    sendJson(reply, bundleText('searchset', { self: link(query.page), ...next }, entries));
  }

  @Get(':type/:id')
  async read(
    @Param('type') type: string,
    @Param('id') id: string,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    offered(type, 'read');
    const permit = await this.enter(request, caller, 'read', type, id);
    const stored = idForm.test(id) ? await this.api.get().reads.read(caller.tenant, type, id) : undefined;
    await permit.record(stored ? [`${type}/${id}`] : []);
    if (!stored) throw notFound();
    sendVersion(reply, stored);
  }

  @Get(':type/:id/_history')
  async history(
    @Param('type') type: string,
    @Param('id') id: string,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    offered(type, 'history-instance');
    const { count, page } = historyParameters(parametersOf(request));
    const permit = await this.enter(request, caller, 'history', type, id);
    const tokens = this.tokens(caller);
    const bound = `history ${type}/${id}`;
    const below = page === undefined ? undefined : tokens.read(page, bound).born;
    const { reads } = this.api.get();
    const found = idForm.test(id) ? await reads.history(caller.tenant, type, id, count + 1, below) : [];
    const shown = found.slice(0, count);
    await permit.record(shown.map(one => `${type}/${id}/_history/${one.version}`));
    if (found.length === 0 && below === undefined) throw notFound();
    const base = baseOf(request);
    const self = `${base}/${type}/${id}/_history?_count=${count}`;
    const last = shown.at(-1);
    const next =
      found.length > shown.length && last
        ? { next: `${self}&_page=${tokens.write({ born: last.version, id }, bound)}` }
        : {};
    const entries = shown.map(one => historyEntry(base, one));
    sendJson(reply, bundleText('history', { self, ...next }, entries));
  }

  @Get(':type/:id/_history/:version')
  async vread(
    @Param('type') type: string,
    @Param('id') id: string,
    @Param('version') version: string,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    offered(type, 'vread');
    const permit = await this.enter(request, caller, 'vread', type, id);
    const known = idForm.test(id) && /^\d{1,9}$/.test(version);
    const stored = known
      ? await this.api.get().reads.vread(caller.tenant, type, id, Number(version))
      : undefined;
    await permit.record(stored ? [`${type}/${id}/_history/${stored.version}`] : []);
    if (!stored) throw notFound();
    sendVersion(reply, stored);
  }

  @Post(':type')
  @HttpCode(201)
  async create(
    @Param('type') type: string,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    offered(type, 'create');
    await this.write('create', type, undefined, caller, request, reply);
  }

  @Put(':type/:id')
  async update(
    @Param('type') type: string,
    @Param('id') id: string,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    offered(type, 'update');
    await this.write('update', type, id, caller, request, reply);
  }

  private async write(
    interaction: 'create' | 'update',
    type: string,
    id: string | undefined,
    caller: Caller,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const permit = await this.enter(request, caller, 'write', type, id);
    const { reads, writes } = this.api.get();
    const ifMatch = ifMatchOf(request);
    const response = await writes.submit({
      caller,
      tenant: this.tenant(caller),
      request: {
        interaction,
        type,
        ...(id === undefined ? {} : { id }),
        resource: resourceOfBody(request.body, type, id),
        ...(ifMatch === undefined ? {} : { ifMatch }),
        actor: { sub: caller.sub, roles: [...caller.roles] },
        purpose: purposeOf(request) ?? '',
      },
      idempotencyKey: idempotencyKeyOf(request),
      traceparent: request.traceparent,
    });
    const stored = await reads.vread(caller.tenant, type, response.id, response.version);
    await permit.record([`${type}/${response.id}`]);
    if (!stored) throw notFound();
    const minimal = /\breturn=minimal\b/.test(String(request.headers['prefer'] ?? ''));
    const created = response.action === 'created';
    if (created)
      reply.header('location', `${baseOf(request)}/${type}/${stored.id}/_history/${stored.version}`);
    sendVersion(reply, stored, created ? 201 : 200, !minimal);
  }

  private enter(
    request: FastifyRequest,
    caller: Caller,
    action: AccessAction,
    resourceType: string,
    resourceId?: string,
  ): Promise<Permit> {
    return this.context.access.enter({
      caller,
      purpose: purposeOf(request),
      action,
      resourceType,
      ...(resourceId === undefined ? {} : { resourceId }),
      ...(resourceType === 'Patient' && resourceId !== undefined ? { srid: resourceId } : {}),
      traceparent: request.traceparent,
    });
  }

  private tenant(caller: Caller): Tenant {
    const tenant = this.context.tenants.get(caller.tenant);
    if (!tenant) throw notFound();
    return tenant;
  }

  private tokens(caller: Caller): PageTokens {
    return createPageTokens(caller.tenant, this.tenant(caller).idKey, this.context.random);
  }
}

function historyParameters(parameters: readonly [string, string][]): { count: number; page?: string } {
  let count = 50;
  let page: string | undefined;
  for (const [name, value] of parameters) {
    if (name === '_count' && /^[1-9]\d{0,2}$/.test(value)) count = Number(value);
    else if (name === '_page') page = value;
    else
      throw httpProblem({
        status: 400,
        code: 'ANM_SEARCH_INVALID',
        text: 'A history takes _count (1 to 999) and _page, nothing else',
      });
  }
  return { count, ...(page === undefined ? {} : { page }) };
}
