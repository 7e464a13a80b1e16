import { Controller, Get, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createLogger } from '@anamnesis/telemetry';
import { defineError } from '@anamnesis/contracts';
import { Caller } from './auth/caller.js';
import { Purpose } from './auth/purpose.js';
import { SERVICE_CONTEXT, type ServiceContext } from './context.js';
import { unauthenticated } from './errors.js';
import { notFound } from './http/problem.js';
import { bootService, type RunningService, type ServiceDefinition } from './service.js';
import { governedLog, testEnvironment } from './testing.js';

const shelfEmpty = defineError('ANM_SHELF_EMPTY', 'park', () => 'Nothing is left on the shelf');

@Controller()
class ProbeController {
  constructor(@Inject(SERVICE_CONTEXT) private readonly context: ServiceContext) {}

  @Get('who')
  who(@Caller() caller: Caller, @Purpose() purpose: string | undefined): object {
    return { ...caller, purpose, service: this.context.name };
  }

  @Get('patient')
  async patient(@Caller() caller: Caller, @Purpose() purpose: string | undefined): Promise<object> {
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'read',
      resourceType: 'Patient',
      resourceId: 'MRN-4711',
    });
    await permit.record(['Patient/a']);
    return { shown: true };
  }

  @Get('missing')
  missing(): never {
    throw notFound('Patient');
  }

  @Get('shelf')
  shelf(): never {
    throw shelfEmpty({});
  }

  @Get('defect')
  defect(): never {
    throw new Error('row (EVERYWOMAN, 1962-03-20) violates a check');
  }

  @Post('echo')
  echo(@Req() request: FastifyRequest): object {
    return { raw: Buffer.isBuffer(request.body), body: String(request.body) };
  }
}

const nora = { sub: 'nora', tenant: 'demo', roles: ['clinician'], purposes: ['TREAT'] };
const lines: string[] = [];
const environment = testEnvironment();
let log: Awaited<ReturnType<typeof governedLog>>;
let running: RunningService;

/** Both databases stand in: their pools answer without a server. */
function pretendDatabases({ pool, keysPool }: ServiceContext): void {
  for (const one of [pool, keysPool]) Object.assign(one, { query: async () => ({ rows: [], rowCount: 1 }) });
}

const definition: ServiceDefinition = {
  name: 'records',
  controllers: [ProbeController],
  rawContentTypes: ['application/hl7-v2'],
  statuses: { ANM_SHELF_EMPTY: 409 },
};

async function boot(extra: Partial<ServiceDefinition> = {}): Promise<RunningService> {
  const service = await bootService(
    { ...definition, ...extra },
    {
      env: environment.env,
      writer: log.writer,
      reader: log.reader,
      inspector: log.inspector,
      logger: createLogger('records', { level: 'debug', write: line => void lines.push(line) }),
      verify: async authorization => {
        if (authorization !== 'Bearer nora') throw unauthenticated({ reason: 'no token' });
        return nora;
      },
    },
  );
  pretendDatabases(service.context);
  return service;
}

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${running.address}${path}`, {
    ...init,
    headers: { authorization: 'Bearer nora', ...(init.headers as Record<string, string>) },
  });

beforeAll(async () => {
  log = await governedLog();
  running = await boot();
  await running.started;
});
afterAll(async () => {
  await running.stop();
  environment.dispose();
});

describe('a running service', () => {
  it('answers health and metrics without a token', async () => {
    const bare = (path: string) => fetch(`${running.address}${path}`);
    expect((await bare('/health/live')).status).toBe(200);
    expect(await (await bare('/health/ready')).json()).toMatchObject({
      ready: true,
      checks: { started: true, database: true },
    });
    expect(await (await bare('/metrics')).text()).toContain('http_request_duration_seconds');
  });

  it('hands the caller and the purpose to controllers', async () => {
    const answer = await ask('/who', { headers: { 'x-purpose-of-use': 'TREAT' } });
    expect(await answer.json()).toEqual({ ...nora, purpose: 'TREAT', service: 'records' });
  });

  it('refuses a request without a token before it reads the body', async () => {
    const answer = await fetch(`${running.address}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{broken',
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('parses JSON, hands over raw types that were asked for, and refuses the rest', async () => {
    const post = (type: string, body: string) =>
      ask('/echo', { method: 'POST', headers: { 'content-type': type }, body });
    expect(await (await post('application/hl7-v2', 'MSH|')).json()).toEqual({ raw: true, body: 'MSH|' });
    expect(await (await post('application/fhir+json', '{}')).json()).toMatchObject({ raw: false });
    expect((await post('text/html', 'x')).status).toBe(415);
    const broken = await post('application/json', '{"name": EVERYWOMAN');
    expect(broken.status).toBe(400);
    expect(await broken.text()).not.toContain('EVERYWOMAN');
  });

  it('answers coded errors with their status, and says nothing about unknown ones', async () => {
    expect((await ask('/missing')).status).toBe(404);
    expect((await ask('/nowhere/MRN-4711')).status).toBe(404);
    expect(await (await ask('/nowhere/MRN-4711')).text()).not.toContain('4711');
    const shelf = await ask('/shelf');
    expect(shelf.status).toBe(409);
    expect(await shelf.text()).toContain('ANM_SHELF_EMPTY');
    const defect = await ask('/defect');
    expect(defect.status).toBe(500);
    const { id } = (await defect.json()) as { id: string };
    expect(defect.headers.get('x-request-id')).toBe(id);
    const told = lines.filter(line => line.includes(id));
    expect(told).toHaveLength(1);
    expect(told.join()).not.toContain('EVERYWOMAN');
  });

  it('answers a permitted read only with its access in the log', async () => {
    const before = log.records('audit.access.records').length;
    const answer = await ask('/patient', { headers: { 'x-purpose-of-use': 'TREAT' } });
    expect(answer.status).toBe(200);
    const [record] = log.records('audit.access.records').slice(before);
    expect(JSON.parse(String(record?.value))).toMatchObject({
      outcome: 'permit',
      hits: ['Patient/a'],
      resourceId: 'not-an-id',
    });
  });

  it('denies without a purpose, and records the denial', async () => {
    const before = log.records('audit.access.records').length;
    expect((await ask('/patient')).status).toBe(403);
    expect(log.records('audit.access.records')).toHaveLength(before + 1);
  });

  it('refuses with 503 when the access cannot be recorded', async () => {
    log.failAppends(1);
    const answer = await ask('/patient', { headers: { 'x-purpose-of-use': 'TREAT' } });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('ANM_AUDIT_UNAVAILABLE');
  });

  it('shows progress to operators alone', async () => {
    expect((await ask('/progress')).status).toBe(403);
  });
});

describe('start and stop', () => {
  it('listens and is live while it waits, and runs onStart again after a failure', async () => {
    let attempts = 0;
    const undone: number[] = [];
    let allow = (): void => undefined;
    const allowed = new Promise<void>(resolve => {
      allow = resolve;
    });
    const late = await boot({
      onStart: async (_context, hold) => {
        attempts += 1;
        const attempt = attempts;
        hold.onStop('listener', () => void undone.push(attempt));
        await allowed;
        if (attempts === 1) throw new Error('not yet');
      },
    });
    expect((await fetch(`${late.address}/health/live`)).status).toBe(200);
    const early = await fetch(`${late.address}/who`, { headers: { authorization: 'Bearer nora' } });
    expect(early.status).toBe(503);
    allow();
    await late.started;
    expect(undone).toEqual([1]);
    await late.stop();
    expect(undone).toEqual([1, 2]);
    await expect(fetch(`${late.address}/health/live`)).rejects.toThrow();
  });

  it('stops in bounded time although a step hangs', async () => {
    const hanging = await boot({
      onStart: (_context, hold) => hold.onStop('hanging', () => new Promise(() => undefined)),
    });
    await hanging.started;
    await hanging.stop();
    expect(lines.some(line => line.includes('stop.late') && line.includes('hanging'))).toBe(true);
  });

  it('names the port when it is taken', async () => {
    const port = new URL(running.address).port;
    await expect(bootService(definition, { env: { ...environment.env, HTTP_PORT: port } })).rejects.toThrow(
      `Address 127.0.0.1:${port} is taken by another process`,
    );
  });
});
