import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { testContract, testInterface, testMessage } from '../testing/contracts.js';
import { answerOf, startReceiving } from '../testing/receiving.js';

const merge = testMessage({ control: 'M1', type: 'ADT^A40', rest: ['MRG|2002^^^MRN^MR'] });
const twoPatients = testMessage({
  control: 'O1',
  type: 'ORU^R01',
  rest: ['OBR|1||F1|GLU', 'PID|2||2002^^^MRN^MR||EVERYMAN^ADAM||19610615|M', 'OBR|2||F2|GLU'],
});

describe('receiving a message', () => {
  it('appends its bytes sealed, with the plan, and answers AA with its control id', async () => {
    const gateway = startReceiving();
    const text = testMessage();
    expect(answerOf(await gateway.send(text))).toBe('AA C1');
    const [event] = await gateway.received();
    expect(event?.payload).toMatchObject({
      interface: 'feed',
      controlId: 'C1',
      messageType: 'ADT^A01',
      transport: 'mllp',
      part: { n: 1, of: 1 },
      raw: Buffer.from(text).toString('base64'),
    });
    expect(event?.attributes).toMatchObject({
      plan: 'plan-of-tests',
      subject: 'feed',
      correlationId: event?.attributes.id,
      partitionKey: event?.attributes.srid,
      facts: { interface: 'feed', part: '1/1', attempt: '1', type: 'ADT^A01' },
    });
    expect(event?.attributes.keyId).toBe(`${event?.attributes.srid}.1`);
  });

  it('lets nothing of the patient into keys and headers', async () => {
    const gateway = startReceiving();
    await gateway.send(testMessage({ control: 'EVERYWOMAN-1', mrn: 'EVERYWOMAN-2' }));
    await gateway.send(testMessage({ control: 'EVERYWOMAN-3', type: 'EVERYWOMAN^EVE' }));
    const records = ['ingress.messages', 'operations.exceptions.gateway'].flatMap(t =>
      gateway.log.records(t),
    );
    expect(records).toHaveLength(2);
    for (const { key, headers } of records) expect(JSON.stringify([key, headers])).not.toMatch(/EVE/);
  });

  it('gives a resend the same answer, byte for byte, and no second effect', async () => {
    const gateway = startReceiving();
    const first = await gateway.send(testMessage());
    gateway.now += 60_000;
    const fromMemory = await gateway.send(testMessage());
    gateway.project();
    const fromStore = await gateway.send(testMessage());
    expect(fromMemory).toEqual(first);
    expect(fromStore).toEqual(first);
    expect(await gateway.received()).toHaveLength(1);
  });

  it('appends twice the same bytes in one batch once', async () => {
    const gateway = startReceiving();
    const answers = await Promise.all([1, 2, 3].map(() => gateway.send(testMessage())));
    expect(answers.map(answerOf)).toEqual(['AA C1', 'AA C1', 'AA C1']);
    expect(await gateway.received()).toHaveLength(1);
  });

  it('takes a resend after the window as a new attempt', async () => {
    const gateway = startReceiving();
    await gateway.send(testMessage());
    gateway.project();
    gateway.now += 73 * 3_600_000;
    await gateway.send(testMessage());
    const [first, second] = await gateway.received();
    expect(second?.attributes.facts?.['attempt']).toBe('2');
    expect(second?.attributes.id).not.toBe(first?.attributes.id);
  });

  it('accepts a used control id with other bytes, and says so', async () => {
    const gateway = startReceiving();
    await gateway.send(testMessage());
    expect(answerOf(await gateway.send(testMessage({ mrn: '1002' })))).toBe('AA C1');
    const [, second] = await gateway.received();
    expect(second?.payload.findings.map(finding => finding.rule)).toContain('control-id-reused');
  });

  it('refuses a used control id where the contract says so', async () => {
    const gateway = startReceiving();
    const active = testInterface({ dedupe: { windowHours: 72, reuse: 'reject' } });
    await gateway.send(testMessage(), active);
    expect(answerOf(await gateway.send(testMessage({ mrn: '1002' }), active))).toBe('AE C1 205');
    expect(answerOf(await gateway.send(testMessage(), active))).toBe('AA C1');
  });

  it('gives a message without a usable patient id a source record of its own', async () => {
    const gateway = startReceiving();
    expect(answerOf(await gateway.send(testMessage({ mrn: '' })))).toBe('AA C1');
    expect(answerOf(await gateway.send(testMessage({ control: 'C2', mrn: '' })))).toBe('AA C2');
    const [first, second] = await gateway.received();
    expect(first?.attributes.srid).not.toBe(second?.attributes.srid);
    expect(first?.payload.findings.map(finding => finding.rule)).toContain('source-record/unidentified');
  });
});

describe('a message that names several source records', () => {
  it.each([
    ['a merge', merge, 'AA M1'],
    ['two patients in one ORU', twoPatients, 'AA O1'],
  ])('is appended once per record: %s', async (_what, text, answer) => {
    const gateway = startReceiving();
    expect(answerOf(await gateway.send(text))).toBe(answer);
    const parts = await gateway.received();
    expect(parts.map(part => part.attributes.facts?.['part']).sort()).toEqual(['1/2', '2/2']);
    expect(new Set(parts.map(part => part.attributes.id)).size).toBe(2);
    expect(new Set(parts.map(part => part.attributes.correlationId)).size).toBe(1);
    expect(new Set(parts.map(part => part.attributes.keyId)).size).toBe(1);
    expect(parts[0]?.attributes.keyId).toBe(`${parts[0]?.attributes.correlationId}.1`);
    expect(new Set(parts.map(part => part.attributes.srid)).size).toBe(2);
  });

  it('is completed by a resend when only one part reached the log', async () => {
    const broken = startReceiving({
      writer: log => ({
        append: async records => {
          await log.writer.append(records.slice(0, 1));
          throw new Error('the second partition did not take it');
        },
        close: async () => undefined,
      }),
    });
    expect(answerOf(await broken.send(merge))).toBe('AR M1 207');
    const gateway = startReceiving({ log: broken.log });
    gateway.project();
    expect(answerOf(await gateway.send(merge))).toBe('AA M1');
    const parts = await gateway.received();
    expect(parts.map(part => part.attributes.facts?.['part'])).toEqual(['1/2', '2/2']);
    expect(new Set(parts.map(part => part.attributes.correlationId)).size).toBe(1);
  });
});

describe('a refused message', () => {
  it('is kept sealed among the exceptions, with an owner, and not in the log of messages', async () => {
    const gateway = startReceiving();
    expect(answerOf(await gateway.send(testMessage({ type: 'ADT^A17' })))).toBe('AR C1 201');
    expect(await gateway.received()).toEqual([]);
    const [event] = await gateway.exceptions();
    expect(event?.payload).toMatchObject({
      code: 'trigger-not-listed',
      category: 'refused',
      ownerRole: 'integrator',
      item: { messageType: 'ADT^A17' },
    });
    expect(event?.payload.raw?.sealed).toBeTruthy();
  });

  it('is a new attempt when it comes again', async () => {
    const gateway = startReceiving();
    const refused = testMessage({ processing: 'T' });
    await gateway.send(refused);
    await gateway.send(refused);
    gateway.project();
    await gateway.send(refused);
    const events = await gateway.exceptions();
    expect(events.map(event => event.attributes.facts?.['attempt'])).toEqual(['1', '2', '3']);
    expect(new Set(events.map(event => event.payload.item.id)).size).toBe(3);
    expect(new Set(events.map(event => event.payload.group)).size).toBe(1);
  });

  it('can be accepted later, when the contract takes it', async () => {
    const gateway = startReceiving();
    const text = testMessage({ processing: 'T' });
    await gateway.send(text);
    const wider = testInterface({ accept: { processingIds: ['P', 'T'] } });
    expect(answerOf(await gateway.send(text, wider))).toBe('AA C1');
    expect((await gateway.received())[0]?.attributes.facts?.['attempt']).toBe('2');
  });
});

describe('a message at the limit of a record', () => {
  it('is refused when it does not fit, sealed, and the others of its batch are not held up', async () => {
    const gateway = startReceiving();
    const large = testInterface({ transport: { maxBytes: 64 * 1024 * 1024 } });
    const noise = randomBytes(16 * 1024 * 1024 - 4_096).map(byte => (byte < 32 ? 120 : byte));
    const bytes = Buffer.concat([Buffer.from(testMessage({ control: 'BIG', rest: ['OBX|1|ED|'] })), noise]);
    const answers = await Promise.all([
      gateway.receiver.receive({ active: large, bytes, transport: 'mllp' }),
      gateway.send(testMessage({ control: 'SMALL' })),
    ]);
    expect(answers.map(answerOf)).toEqual(['AE BIG 104', 'AA SMALL']);
    const [event] = await gateway.exceptions();
    expect(event?.payload.raw).toBeUndefined();
    expect(event?.payload.reason).toContain('not kept');
  });

  it('is refused by its header when it is past the limits of the reader', async () => {
    const gateway = startReceiving();
    const segments = 'NTE|\r'.repeat(100_001);
    expect(answerOf(await gateway.send(`${testMessage()}${segments}`))).toBe('AE C1 104');
  });
});

describe('a log, store or key store that is away', () => {
  it.each(['reject', 'withhold'] as const)('is answered by contract: %s', async onUnavailable => {
    const gateway = startReceiving();
    const active = testInterface({ ack: { ...testContract().ack, onUnavailable } });
    const expected = onUnavailable === 'reject' ? 'AR C1 207' : 'none';
    gateway.log.failAppends(1);
    expect(answerOf(await gateway.send(testMessage(), active))).toBe(expected);
    gateway.store.down(true);
    expect(answerOf(await gateway.send(testMessage(), active))).toBe(expected);
    gateway.store.down(false);
    expect(answerOf(await gateway.send(testMessage(), active))).toBe('AA C1');
    const [event] = await gateway.received();
    expect(event?.attributes.facts?.['attempt']).toBe('1');
  });

  it('gives no positive answer, and appends nothing, while the log is less durable than promised', async () => {
    const gateway = startReceiving({ durable: () => false });
    expect(answerOf(await gateway.send(testMessage()))).toBe('AR C1 207');
    expect(await gateway.received()).toEqual([]);
  });

  it('does not keep a sender waiting for an append without end', async () => {
    let release = (): void => undefined;
    const gateway = startReceiving({
      limits: { answerWithinMs: 20 },
      writer: log => ({
        append: async records => {
          await new Promise<void>(resolve => {
            release = resolve;
          });
          return log.writer.append(records);
        },
        close: async () => undefined,
      }),
    });
    expect(answerOf(await gateway.send(testMessage()))).toBe('AR C1 207');
    release();
    await gateway.receiver.idle();
    expect(answerOf(await gateway.send(testMessage()))).toBe('AA C1');
    expect(await gateway.received()).toHaveLength(1);
  });

  it('ends the edge sequence, so that a hole inside one always means a loss', async () => {
    const gateway = startReceiving();
    await gateway.send(testMessage({ control: 'A' }));
    gateway.log.failAppends(1);
    await gateway.send(testMessage({ control: 'B' }));
    await gateway.send(testMessage({ control: 'B' }));
    const sequences = (await gateway.received()).map(event => (event.attributes.edgeSeq ?? '').split(':'));
    expect(sequences.map(([, n]) => n)).toEqual(['1', '1']);
    expect(new Set(sequences.map(([incarnation]) => incarnation)).size).toBe(2);
  });
});

describe('a gateway that died between append and answer', () => {
  it('has a successor that catches up and gives the resend its answer: one append', async () => {
    const dead = startReceiving();
    const lost = await dead.send(testMessage());
    const successor = startReceiving({ log: dead.log, now: dead.now + 8_000 });
    successor.project();
    expect(await successor.send(testMessage())).toEqual(lost);
    expect(await successor.received()).toHaveLength(1);
  });

  it('re-appends under the same id when the successor had not caught up: translation drops it', async () => {
    const dead = startReceiving();
    await dead.send(testMessage());
    const successor = startReceiving({ log: dead.log });
    await successor.send(testMessage());
    const ids = (await successor.received()).map(event => event.attributes.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('any sequence of sends, resends, refusals, crashes and outages', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), which: fc.nat(4) }) },
    { weight: 2, arbitrary: fc.constant({ kind: 'project' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'outage' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  );
  const messages = [
    testMessage({ control: 'A' }),
    testMessage({ control: 'A', mrn: '1002' }),
    testMessage({ control: 'B' }),
    merge,
    testMessage({ control: 'T', processing: 'T' }),
  ];

  it('takes each (interface, control id, bytes) into effect once, and loses nothing that was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
        let gateway = startReceiving();
        const acknowledged = new Set<number>();
        for (const one of steps) {
          if (one.kind === 'project') gateway.project();
          if (one.kind === 'outage') gateway.log.failAppends(1);
          if (one.kind === 'restart') {
            gateway = startReceiving({ log: gateway.log });
            gateway.project();
          }
          if (one.kind === 'send') {
            const answer = answerOf(await gateway.send(messages[one.which] as string));
            if (answer.startsWith('AA')) acknowledged.add(one.which);
            else expect(answer).toMatch(one.which === 4 ? /^AR T 20[27]$/ : / 207$/);
          }
        }
        const events = await gateway.received();
        const raws = events.map(event => `${event.payload.raw} ${event.payload.part.n}`);
        expect(new Set(raws).size).toBe(raws.length);
        for (const which of acknowledged) {
          const raw = Buffer.from(messages[which] as string).toString('base64');
          expect(events.filter(event => event.payload.raw === raw)).toHaveLength(which === 3 ? 2 : 1);
        }
        expect(acknowledged.has(4)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});
