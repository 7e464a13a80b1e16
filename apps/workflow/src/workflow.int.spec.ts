import { randomBytes } from 'node:crypto';
import { derivedId, type WorkflowDecidedV1 } from '@anamnesis/contracts';
import { createMemoryLog, type MemoryLog } from '@anamnesis/event-log';
import {
  decodeBatch,
  encodeEvent,
  exceptionEvent,
  migrate,
  processingMigrations,
} from '@anamnesis/processing';
import { bootService, type RunningService } from '@anamnesis/service';
import { governedCell, testEnvironment } from '@anamnesis/service/testing';
import { createLogger } from '@anamnesis/telemetry';
import { testPostgres, type TestDatabase } from '@anamnesis/testing';
import { rebuildWorkflow } from './rebuild/rebuildWorkflow.js';
import { workflowService } from './service.js';

const keyMigrations = new URL('../../../libs/keys/src/migrations/', import.meta.url);
const migrations = new URL('./migrations/', import.meta.url);
const hour = 3_600_000;
const lines: string[] = [];

let now = Date.UTC(2026, 0, 5, 8);
let database: TestDatabase;
let environment: ReturnType<typeof testEnvironment>;
let log: MemoryLog;
let running: RunningService;
let delivering: NodeJS.Timeout;
let count = 0;

beforeAll(async () => {
  database = await testPostgres();
  await migrate(database.url, [processingMigrations, keyMigrations, migrations]);
  environment = testEnvironment({
    SERVICE: 'workflow',
    DATABASE_URL: database.url,
    KEYS_DATABASE_URL: database.url,
  });
  log = createMemoryLog(() => now);
  await log.writer.append(governedCell());
  running = await bootService(workflowService(), {
    env: environment.env,
    writer: log.writer,
    reader: log.reader,
    inspector: log.inspector,
    clock: () => now,
    logger: createLogger('workflow', { write: line => void lines.push(line) }),
    verify: async authorization => {
      const [tenant = '', sub = '', ...roles] = (authorization ?? '').split(' ');
      return { sub, tenant, roles, purposes: ['TREAT', 'HOPERAT'] };
    },
  });
  await running.started;
  let busy = false;
  delivering = setInterval(() => {
    if (busy) return;
    busy = true;
    void log.deliver().finally(() => (busy = false));
  }, 10);
}, 60_000);

afterAll(async () => {
  clearInterval(delivering);
  await running.stop();
  await database.close();
  environment.dispose();
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error('waited in vain');
}

/** Decisions published so far; waits until `least` are there. */
function decisions(least: number, shard = 0): Promise<WorkflowDecidedV1[]> {
  return until(async () => {
    const decoded = await decodeBatch(log.records('workflow.events', shard), running.context.keyring);
    const made = decoded.flatMap(one => (one.readable ? [one.event.payload as WorkflowDecidedV1] : []));
    return made.length >= least ? made : undefined;
  });
}

const srid = (name: string): string => derivedId(Buffer.alloc(32, 9), 'srid', [name]);

/** A registration as records announces it by header; its payload stays sealed and is never opened. */
async function registered(name: string, tenant = 'demo'): Promise<void> {
  count += 1;
  const shard = tenant === 'demo' ? 0 : 1;
  const [record] = [
    encodeEvent(
      {
        id: `decided-${count}`,
        source: 'records',
        type: 'records.decided.v1',
        time: new Date(now).toISOString(),
        partitionKey: String(shard),
        tenant,
        srid: srid(name),
        correlationId: `message-${count}`,
        facts: { outcome: 'accepted', registration: '1', interface: 'adt-main' },
      },
      {
        intentId: `intent-${count}`,
        intentType: 'records.bundle-submitted.v1',
        seq: count,
        outcome: 'accepted',
        decider: { name: 'records', version: 1 },
        decidedAt: new Date(now).toISOString(),
        results: [],
        reads: [],
      },
      { topic: 'records.events', partition: shard, key: String(shard), random: randomBytes },
    ),
  ];
  await log.writer.append([{ ...record, value: randomBytes(200) }]);
}

async function failed(itemId: string, code = 'no-map', single = false): Promise<void> {
  count += 1;
  const tenant = running.context.tenants.get('demo');
  const record = exceptionEvent(
    {
      interface: 'samples',
      code,
      category: 'parked',
      single,
      place: { service: 'translation', stage: 'translate' },
      reason: 'No map for this trigger',
      ownerRole: 'integrator',
      act: 'Add a map or take the trigger out of the contract',
      item: { id: itemId, messageType: 'MDM^T02', segment: 'MSH', field: 'MSH-9', byte: 40 },
    },
    {
      service: 'translation',
      tenant: 'demo',
      idKey: tenant?.idKey ?? Buffer.alloc(32),
      shard: 0,
      correlationId: itemId,
      causePosition: { topic: 'ingress.messages', epoch: 'e1', partition: 0, offset: count, index: 0 },
      time: new Date(now).toISOString(),
      random: randomBytes,
    },
  );
  await log.writer.append([record]);
}

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  // The tests name what they expect of the body.
  readonly body: Record<string, unknown>;
}

async function ask(path: string, as = 'demo nora registrar', init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(`${running.address}${path}`, {
    ...init,
    headers: {
      authorization: as,
      'x-purpose-of-use': 'HOPERAT',
      ...(init.headers as Record<string, string>),
    },
  });
  return {
    status: answer.status,
    etag: answer.headers.get('etag'),
    body: (await answer.json()) as Record<string, unknown>,
  };
}

const act = (
  task: string,
  operation: string,
  version: number,
  as?: string,
  more: RequestInit = {},
): Promise<Answer> =>
  ask(`/fhir/Task/${task}/$${operation}`, as, {
    method: 'POST',
    ...more,
    headers: { 'if-match': `W/"${version}"`, ...(more.headers as Record<string, string>) },
  });

const found = (body: Record<string, unknown>): Record<string, unknown>[] =>
  (body['entry'] as { resource: Record<string, unknown> }[]).map(entry => entry.resource);

async function taskOf(name: string): Promise<string> {
  return until(async () => {
    const { body } = await ask(`/fhir/Task?patient=${srid(name)}`);
    return found(body)[0]?.['id'] as string | undefined;
  });
}

describe('a registration', () => {
  it('opens one task with an owner role and a due time', async () => {
    await registered('a');
    await registered('a');
    const [first, second] = await decisions(2);
    expect([first?.outcome, second?.outcome, second?.code]).toEqual(['accepted', 'unchanged', 'case-open']);
    const { body } = await ask(`/fhir/Task?patient=Patient/${srid('a')}`);
    expect(found(body)).toEqual([
      expect.objectContaining({
        resourceType: 'Task',
        status: 'ready',
        for: { reference: `Patient/${srid('a')}` },
        performerType: [{ coding: [{ system: 'urn:anamnesis:role', code: 'registrar' }] }],
        restriction: { period: { end: '2026-01-06T08:00:00.000Z' } },
      }),
    ]);
  });

  it('is read with its version, and only in its tenant', async () => {
    const task = await taskOf('a');
    expect(await ask(`/fhir/Task/${task}`)).toMatchObject({ status: 200, etag: 'W/"1"' });
    expect((await ask(`/fhir/Task/${task}`, 'north otto registrar')).status).toBe(404);
    expect((await act(task, 'claim', 1, 'north otto registrar')).status).toBe(404);
  });
});

describe('work on a task', () => {
  it('has exactly one winner among many claims at once', async () => {
    const task = await taskOf('a');
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, at) => act(task, 'claim', 1, `demo user${at} registrar`)),
    );
    const statuses = claims.map(claim => claim.status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 11 }, () => 412)]);
    const winner = claims.find(claim => claim.status === 200);
    const { body } = await ask(`/fhir/Task/${task}`);
    expect(body['owner']).toEqual(winner?.body['owner']);
    expect(body['status']).toBe('in-progress');
  });

  it('is for the owner role or an operator, and for the person who claimed', async () => {
    await registered('b');
    const task = await taskOf('b');
    expect((await act(task, 'claim', 1, 'demo ada clinician')).status).toBe(403);
    expect((await act(task, 'complete', 1)).status).toBe(409);
    expect((await act(task, 'claim', 1)).status).toBe(200);
    expect((await act(task, 'complete', 2, 'demo otto registrar')).status).toBe(403);
    expect((await act(task, 'release', 2, 'demo ivan operator')).status).toBe(200);
    expect((await ask(`/fhir/Task/${task}`)).etag).toBe('W/"3"');
  });

  it('wants the version that was read', async () => {
    const task = await taskOf('b');
    expect((await act(task, 'claim', 1)).status).toBe(412);
    expect((await ask(`/fhir/Task/${task}/$claim`, undefined, { method: 'POST' })).status).toBe(428);
    expect((await act(task, 'steal', 3)).status).toBe(404);
  });

  it('answers a repeated command with its first decision', async () => {
    const task = await taskOf('b');
    const once = { headers: { 'idempotency-key': 'claim-b' } };
    const [first, again] = [
      await act(task, 'claim', 3, undefined, once),
      await act(task, 'claim', 3, undefined, once),
    ];
    expect([first.status, first.etag, again.status, again.etag]).toEqual([200, 'W/"4"', 200, 'W/"4"']);
  });

  it('completes with a note that lies nowhere in clear, and the next registration opens new work', async () => {
    const task = await taskOf('b');
    const done = await act(task, 'complete', 4, undefined, {
      body: JSON.stringify({ note: 'spoke to EVERYWOMAN' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(done).toMatchObject({
      status: 200,
      body: { status: 'completed', note: [{ text: 'spoke to EVERYWOMAN' }] },
    });
    for (const record of [...log.records('workflow.log'), ...log.records('workflow.events')])
      expect(`${JSON.stringify(record.headers)} ${String(record.value)}`).not.toContain('EVERYWOMAN');
    await registered('b');
    await until(async () => {
      const { body } = await ask(`/fhir/Task?patient=${srid('b')}&status=ready`);
      return found(body)[0];
    });
  });
});

describe('searching tasks', () => {
  it('pages in the order of due times and refuses what it does not know', async () => {
    const { body } = await ask('/fhir/Task?owner-role=registrar&_count=1');
    expect(found(body)).toHaveLength(1);
    const next = (body['link'] as { relation: string; url: string }[]).find(link => link.relation === 'next');
    const more = await ask(`/fhir/${next?.url ?? ''}`);
    expect(found(more.body)[0]?.['id']).not.toBe(found(body)[0]?.['id']);
    for (const query of ['owner=nora', 'status=open', '_count=0', 'status=ready&status=ready', '_after=x'])
      expect((await ask(`/fhir/Task?${query}`)).status).toBe(400);
  });

  it('says in its capability statement what it does', async () => {
    const { body } = await ask('/fhir/metadata');
    expect(body).toMatchObject({
      resourceType: 'CapabilityStatement',
      rest: [
        {
          resource: [
            { type: 'Task', operation: [{ name: 'claim' }, { name: 'complete' }, { name: 'release' }] },
          ],
        },
      ],
    });
  });
});

describe('exceptions', () => {
  it('of one cause are one task that counts its items', async () => {
    for (const item of ['m1', 'm2', 'm2', 'm3']) await failed(item);
    const listed = await until(async () => {
      const { body } = await ask('/exceptions', 'demo ivan integrator');
      const all = body['exceptions'] as Record<string, unknown>[];
      return all[0]?.['count'] === 3 ? all : undefined;
    });
    expect(listed).toEqual([
      expect.objectContaining({
        count: 3,
        code: 'no-map',
        service: 'translation',
        interface: 'samples',
        ownerRole: 'integrator',
        act: 'Add a map or take the trigger out of the contract',
        dueAt: '2026-01-05T16:00:00.000Z',
        firstSeen: '2026-01-05T08:00:00.000Z',
        status: 'ready',
      }),
    ]);
    const ofItem = await ask('/exceptions/m2', 'demo ivan integrator');
    expect(ofItem.body).toMatchObject({
      itemId: 'm2',
      exceptions: [{ task: listed[0]?.['task'], position: 'MSH MSH-9 @40', open: true }],
    });
    expect((await ask('/exceptions/m9', 'demo ivan integrator')).status).toBe(404);
    expect((await ask('/exceptions', 'north otto integrator')).body).toEqual({ exceptions: [] });
  });

  it('about one patient are one task per message', async () => {
    await failed('w1', 'wrong-patient', true);
    await failed('w2', 'wrong-patient', true);
    await until(async () => {
      const { body } = await ask('/exceptions', 'demo ivan integrator');
      return (body['exceptions'] as unknown[]).length === 3 ? true : undefined;
    });
  });

  it('leave the list when their task is completed, and come back as new work', async () => {
    const { body } = await ask('/exceptions/m1', 'demo ivan integrator');
    const [{ task }] = body['exceptions'] as [{ task: string }];
    await act(task, 'claim', 1, 'demo ivan integrator');
    expect((await act(task, 'complete', 2, 'demo ivan integrator')).status).toBe(200);
    await failed('m4');
    const again = await until(async () => {
      const answer = await ask('/exceptions/m4', 'demo ivan integrator');
      return answer.status === 200 ? (answer.body['exceptions'] as Record<string, unknown>[]) : undefined;
    });
    expect(again).toEqual([expect.objectContaining({ count: 1, status: 'ready' })]);
    expect(again[0]?.['task']).not.toBe(task);
  });
});

describe('clocks', () => {
  it('make an open task overdue once, although the firing comes twice', async () => {
    await registered('late');
    const task = await taskOf('late');
    now += 25 * hour;
    await until(async () => {
      const { body } = await ask(`/fhir/Task/${task}`);
      return body['businessStatus'];
    });
    const firings = log
      .records('workflow.log', 0)
      .filter(record => record.headers['ce_type'] === 'timer.fired.v1');
    await log.writer.append(firings);
    const before = (await decisions(1)).length;
    const made = await decisions(before + 1);
    const overdue = made
      .flatMap(one => one.facts)
      .filter(fact => fact.fact === 'task-overdue' && fact.task === task);
    expect(overdue).toHaveLength(1);
    expect((await ask(`/fhir/Task/${task}`)).etag).toBe('W/"2"');
  });
});

describe('the whole', () => {
  it('is unmoved by redelivery', async () => {
    const before = await decisions(1);
    log.redeliverFrom(0);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(await decisions(1)).toEqual(before);
  });

  it('rebuilds to the same content from its events alone', async () => {
    const result = await rebuildWorkflow(running.context);
    expect(result).toMatchObject({ equal: true, complete: true });
    await running.context.pool.query(`UPDATE task SET owner = 'forged' WHERE owner IS NOT NULL`);
    expect(await rebuildWorkflow(running.context)).toMatchObject({ equal: false, complete: true });
  });

  it('records every access and logs no trouble', () => {
    expect(log.records('audit.access.workflow').length).toBeGreaterThan(20);
    expect(lines.filter(line => /"level":"(warn|error)"/.test(line))).toEqual([]);
  });
});
