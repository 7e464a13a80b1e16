import type { ExceptionRaisedV1, MessageReceivedV1 } from '@anamnesis/contracts';
import { open, type DataKey } from '@anamnesis/keys';
import { exceptionEvent } from '@anamnesis/processing';
import { testContract, testMessage } from './testing/contracts.js';
import { msaOf } from './testing/peer.js';
import { runGateway, type RunningGateway } from './testing/runningGateway.js';

let running: RunningGateway;
const feed = testContract();
const hl7 = 'application/hl7-v2';

beforeAll(async () => {
  running = await runGateway([feed, testContract({ id: 'feed-north', tenant: 'north' })]);
}, 60_000);
afterEach(() => running.hangUp());
afterAll(() => running.close());

let controls = 0;
const nextControl = (): string => `K${(controls += 1)}`;

const exceptions = async (code: string): Promise<ExceptionRaisedV1[]> =>
  (await running.events('operations.exceptions.gateway'))
    .map(event => event.payload as ExceptionRaisedV1)
    .filter(payload => payload.code === code);

const received = async (control: string): Promise<MessageReceivedV1[]> =>
  (await running.events('ingress.messages'))
    .map(event => event.payload as MessageReceivedV1)
    .filter(payload => payload.controlId === control);

/** The gateway still does its work: the proof after each bad input. */
async function goesOn(): Promise<void> {
  const control = nextControl();
  expect(msaOf(await (await running.peer()).ask(testMessage({ control })))).toBe(`AA ${control}`);
}

describe('bad input over MLLP', () => {
  const text = (parts: Parameters<typeof testMessage>[0]) => testMessage(parts);

  it.each([
    ['no MSH', () => 'PID|1||1001^^^MRN\r', 'AE  100', 'no-header'],
    ['random bytes in a frame', () => Buffer.from([0, 255, 3, 7, 200, 1]), 'AE  100', 'no-header'],
    ['unusable delimiters', () => 'MSH|AAAA|x\r', 'AE  100', 'undecodable'],
    ['an unknown trigger', () => text({ control: 'U1', type: 'ADT^A17' }), 'AR U1 201', 'trigger-not-listed'],
    ['an unknown type', () => text({ control: 'U2', type: 'DFT^P03' }), 'AR U2 200', 'type-not-listed'],
    [
      'MSH-11 that the listener does not accept',
      () => text({ control: 'U3', processing: 'T' }),
      'AR U3 202',
      'processing-id-not-accepted',
    ],
    ['no control id', () => text({ control: '' }), 'AE  101', 'control-id-missing'],
    ['no MSH-9', () => text({ control: 'U4', type: '' }), 'AE U4 101', 'type-missing'],
    [
      'a frame past the cap',
      () => text({ control: 'U5', rest: ['x'.repeat(70_000)] }),
      'AE U5 104',
      'too-large',
    ],
  ])('%s', async (_what, bytes, answer, code) => {
    const before = (await exceptions(code)).length;
    const peer = await running.peer();
    expect(msaOf(await peer.ask(bytes()))).toBe(answer);
    const raised = (await exceptions(code)).slice(before);
    expect(raised).toHaveLength(1);
    expect(raised[0]).toMatchObject({
      interface: 'feed',
      category: 'refused',
      ownerRole: 'integrator',
      act: expect.stringMatching(/\w{3}/),
      raw: { keyId: expect.any(String), sealed: expect.any(String) },
    });
    expect(msaOf(await peer.ask(testMessage({ control: nextControl() })))).toMatch(/^AA/);
    await goesOn();
  });

  it('keeps the bytes of a refused message, sealed for its item', async () => {
    const bytes = text({ control: 'R1', type: 'ADT^A17' });
    await (await running.peer()).ask(bytes);
    const { raw, item } = (await exceptions('trigger-not-listed')).at(-1) as Required<ExceptionRaisedV1>;
    const keys = await running.service.context.keyring.forOpening([
      { tenant: 'demo', keyId: raw.keyId, eventId: item.id },
    ]);
    const opened = open(Buffer.from(raw.sealed, 'base64'), (keys.get(raw.keyId) as DataKey).key, {
      tenant: 'demo',
      topic: 'operations.exceptions.gateway',
      type: 'exception.raised.v1',
      eventId: item.id,
      keyId: raw.keyId,
    });
    expect(opened.toString()).toBe(bytes);
  });

  it('garbage outside any frame: no answer, an exception once per connection', async () => {
    const peer = await running.peer();
    peer.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
    expect(msaOf(await peer.ask(testMessage({ control: 'G1' })))).toBe('AA G1');
    peer.write('and more of it, again');
    expect(msaOf(await peer.ask(testMessage({ control: 'G2' })))).toBe('AA G2');
    const raised = await exceptions('bytes-outside-frame');
    expect(raised).toHaveLength(1);
    expect(raised[0]).toMatchObject({ category: 'failed', ownerRole: 'integrator' });
  });

  it('no patient id: accepted, under a source record of its own', async () => {
    expect(msaOf(await (await running.peer()).ask(text({ control: 'N1', mrn: '' })))).toBe('AA N1');
    const [payload] = await received('N1');
    expect(payload?.findings.map(finding => finding.rule)).toContain('source-record/unidentified');
  });

  it('two patients in one ORU: one part for each', async () => {
    const rest = ['OBR|1||F1|GLU', 'PID|2||2002^^^MRN^MR||EVERYMAN^ADAM||19610615|M', 'OBR|2||F2|GLU'];
    const message = text({ control: 'P1', type: 'ORU^R01', rest });
    expect(msaOf(await (await running.peer()).ask(message))).toBe('AA P1');
    const parts = await received('P1');
    expect(parts.map(payload => `${payload.part.n}/${payload.part.of}`).sort()).toEqual(['1/2', '2/2']);
  });

  it.each([
    ['Latin-1 bytes', Buffer.from(text({ control: 'L1' }).replace('EVE', 'J\u00fcrgen'), 'latin1'), 'L1'],
    ['LF line ends', Buffer.from(text({ control: 'L2', lineEnd: '\n' })), 'L2'],
    ['CRLF line ends', Buffer.from(text({ control: 'L3', lineEnd: '\r\n' })), 'L3'],
    ['a byte order mark', Buffer.from(`\ufeff${text({ control: 'L4' })}`), 'L4'],
  ])('%s: accepted, the bytes kept as they came', async (_what, bytes, control) => {
    expect(msaOf(await (await running.peer()).ask(bytes))).toBe(`AA ${control}`);
    const [payload] = await received(control);
    expect(Buffer.from(payload?.raw ?? '', 'base64')).toEqual(bytes);
    expect(payload?.part.of).toBe(1);
  });

  it('tells of bytes that do not fit their character set', async () => {
    const [payload] = await received('L1');
    expect(payload?.findings.map(finding => finding.rule)).toContain('charset-fallback');
  });

  it('a used control id with other bytes: accepted and flagged', async () => {
    const peer = await running.peer();
    expect(msaOf(await peer.ask(text({ control: 'D1' })))).toBe('AA D1');
    expect(msaOf(await peer.ask(text({ control: 'D1', mrn: '1009' })))).toBe('AA D1');
    const [, second] = await received('D1');
    expect(second?.findings.map(finding => finding.rule)).toContain('control-id-reused');
  });

  it('writes nothing of a patient into its log lines', () => {
    expect(running.lines.join('\n')).not.toMatch(/EVERY|MRN|J\u00fcrgen/);
  });
});

describe('bad input over HTTP', () => {
  const post = (as: string | undefined, body: string, type = hl7, id = 'feed') =>
    running.http(`/interfaces/${id}/messages`, as, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });

  it('takes a message under the same rules as MLLP', async () => {
    const body = testMessage({ control: 'H1' });
    const first = await post('ivan', body);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toContain(hl7);
    const ack = await first.text();
    expect(msaOf(ack)).toBe('AA H1');
    const again = await post('ivan', body);
    expect([again.status, await again.text()]).toEqual([200, ack]);
    expect(await received('H1')).toHaveLength(1);
    expect(msaOf(await (await running.peer()).ask(body))).toBe('AA H1');
    expect(await received('H1')).toHaveLength(1);
  });

  it.each(['application/hl7-v2', 'application/hl7-v2+er7', 'x-application/hl7-v2+er7', 'text/plain'])(
    'takes a body that calls itself %s',
    async type => {
      expect((await post('ivan', testMessage({ control: nextControl() }), type)).status).toBe(200);
    },
  );

  it.each([
    ['no token', undefined, hl7, 'feed', 401],
    ['a wrong token', 'mallory', hl7, 'feed', 401],
    ['an unknown interface', 'ivan', hl7, 'nowhere', 404],
    ["another tenant's interface", 'ivan', hl7, 'feed-north', 404],
    ["another tenant's token", 'ivanNorth', hl7, 'feed', 404],
    ['a role that may not', 'nora', hl7, 'feed', 403],
    ['JSON', 'ivan', 'application/json', 'feed', 415],
    ['FHIR', 'ivan', 'application/fhir+json', 'feed', 415],
    ['a form', 'ivan', 'application/x-www-form-urlencoded', 'feed', 415],
  ])('%s', async (_what, as, type, id, status) => {
    const before = running.log.records('ingress.messages').length;
    const body = type.includes('json') ? '{}' : testMessage({ control: nextControl() });
    const answer = await post(as, body, type, id);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ resourceType: 'OperationOutcome' });
    expect(running.log.records('ingress.messages')).toHaveLength(before);
    await goesOn();
  });

  it.each([
    ['a message that must change', testMessage({ control: '' }), 422, 'AE  101'],
    [
      'a message that this interface does not take',
      testMessage({ control: 'H3', type: 'ADT^A17' }),
      409,
      'AR H3 201',
    ],
    ['a body past the cap', testMessage({ control: 'H4', rest: ['x'.repeat(70_000)] }), 413, 'AE H4 104'],
  ])('%s', async (_what, body, status, msa) => {
    const answer = await post('ivan', body);
    expect([answer.status, msaOf(await answer.text())]).toEqual([status, msa]);
    expect(answer.headers.get('x-message-id')).toMatch(/^[a-z2-7]{32}$/);
    await goesOn();
  });

  it('answers 503 with Retry-After while the log is away, and takes the message later', async () => {
    const body = testMessage({ control: 'H5' });
    running.log.failAppends(1);
    const away = await post('ivan', body);
    expect([away.status, msaOf(await away.text())]).toEqual([503, 'AR H5 207']);
    expect(away.headers.get('retry-after')).toBe('5');
    expect((await post('ivan', body)).status).toBe(200);
    expect(await received('H5')).toHaveLength(1);
  });

  it('records who posted, and who was denied', async () => {
    const events = await running.events('audit.access.gateway');
    const outcomes = events.map(event => event.attributes.facts?.['outcome']);
    expect(outcomes).toContain('permit');
    expect(outcomes).toContain('deny');
  });
});

describe('the message store', () => {
  const search = async (query: string, as = 'ivan') => {
    const answer = await running.http(`/messages?${query}`, as);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { messages: { id: string; state: string; parts: object[] }[] }).messages;
  };

  it('finds messages by control id within the tenant, with what became of them', async () => {
    await running.settle();
    expect(await search('control=D1')).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }]);
    expect(await search('control=U1&interface=feed')).toMatchObject([
      { state: 'refused', failures: [{ code: 'trigger-not-listed' }] },
    ]);
    const [merged] = await search('control=P1');
    expect(merged).toMatchObject({
      state: 'accepted',
      parts: [
        { n: 1, of: 2 },
        { n: 2, of: 2 },
      ],
    });
    expect(await search('control=D1&interface=feed-north')).toEqual([]);
    expect(await search('control=D1', 'ivanNorth')).toEqual([]);
  });

  it('shows a message that was parked further on as failed, and takes its resend as the next attempt', async () => {
    const message = testMessage({ control: 'F1' });
    const peer = await running.peer();
    await peer.ask(message);
    const stored = (await running.events('ingress.messages')).find(
      event => (event.payload as MessageReceivedV1).controlId === 'F1',
    );
    const { context } = running.service;
    const { idKey, shard } = context.tenants.get('demo') as NonNullable<
      ReturnType<typeof context.tenants.get>
    >;
    await running.log.writer.append([
      exceptionEvent(
        {
          interface: 'feed',
          code: 'no-map',
          category: 'parked',
          single: false,
          place: { service: 'translation', stage: 'translate' },
          reason: 'No map',
          ownerRole: 'integrator',
          act: 'Add one',
          item: { id: stored?.attributes.id ?? '' },
        },
        {
          service: 'translation',
          tenant: 'demo',
          idKey,
          shard,
          correlationId: stored?.attributes.correlationId ?? '',
          time: '2026-01-01T00:00:00.000Z',
          random: context.random,
        },
      ),
    ]);
    await running.settle();
    expect(await search('control=F1')).toMatchObject([{ state: 'failed', failures: [{ code: 'no-map' }] }]);
    expect(msaOf(await peer.ask(message))).toBe('AA F1');
    await running.settle();
    expect(await search('control=F1')).toMatchObject([
      { state: 'accepted', attempt: 2 },
      { state: 'failed', attempt: 1 },
    ]);
  });

  it('reads one message by its id or by the event id of a part', async () => {
    const [merged] = await search('control=P1');
    const part = (merged?.parts as { eventId: string }[])[1]?.eventId;
    for (const id of [merged?.id, part]) {
      const answer = await running.http(`/messages/${id}`, 'ivan');
      expect(await answer.json()).toMatchObject({ id: merged?.id, messageType: 'ORU^R01' });
      expect((await running.http(`/messages/${id}`, 'ivanNorth')).status).toBe(404);
    }
    expect((await running.http('/messages?colour=red', 'ivan')).status).toBe(400);
  });

  it('lists the interfaces of the tenant, with where they listen', async () => {
    const answer = await running.http('/interfaces', 'ivan');
    expect(await answer.json()).toMatchObject({
      interfaces: [{ id: 'feed', plan: 'plan-feed', listening: { port: expect.any(Number) } }],
    });
  });
});

describe('a gateway that starts again', () => {
  it('catches up before it listens: a resend gets the first answer and is not appended again', async () => {
    const message = testMessage({ control: 'Z1' });
    const first = await (await running.peer()).ask(message);
    await running.restart();
    expect(await (await running.peer()).ask(message)).toBe(first);
    expect(await received('Z1')).toHaveLength(1);
    expect(msaOf(await (await running.peer()).ask(testMessage({ control: 'U1', type: 'ADT^A17' })))).toBe(
      'AR U1 201',
    );
    const attempts = (await running.events('operations.exceptions.gateway'))
      .filter(event => event.attributes.facts?.['code'] === 'trigger-not-listed')
      .map(event => event.attributes.facts?.['attempt']);
    expect(attempts).toContain('2');
  });
});
