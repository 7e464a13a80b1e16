import { createLogger, createMetrics } from '@anamnesis/telemetry';
import type { ReceiptAnswer } from '../receive/answers.js';
import type { Arrival } from '../receive/receiveBatch.js';
import type { Receiver } from '../receive/receiver.js';
import { testInterface } from '../testing/contracts.js';
import { connectPeer, type Peer } from '../testing/peer.js';
import { startListener, type ListenerOptions, type MllpListener } from './listener.js';

const lines: string[] = [];
const garbage: number[] = [];
const peers: Peer[] = [];
let arrivals: Arrival[];
let listener: MllpListener | undefined;

/** Answers each frame with its own bytes, when `gate` lets it. */
function echo(gate: (text: string) => Promise<void> = async () => undefined): Receiver {
  return {
    waiting: 0,
    idle: async () => undefined,
    async receive(arrival): Promise<ReceiptAnswer> {
      arrivals.push(arrival);
      const text = Buffer.from(arrival.bytes).toString('latin1');
      await gate(text);
      if (text === 'withhold') return { kind: 'withheld' };
      return { kind: 'answer', code: 'AA', messageId: 'm', bytes: Buffer.from(text) };
    },
  };
}

async function open(
  options: Partial<ListenerOptions> & { transport?: Parameters<typeof testInterface>[0] } = {},
): Promise<MllpListener> {
  const { transport, ...rest } = options;
  listener = await startListener({
    active: testInterface(transport),
    host: '127.0.0.1',
    port: 0,
    receiver: echo(),
    logger: createLogger('gateway', { write: line => void lines.push(line) }),
    metrics: createMetrics('gateway', { processMetrics: false }),
    onGarbage: async (_active, count) => void garbage.push(count),
    ...rest,
  });
  return listener;
}

async function peer(): Promise<Peer> {
  const made = await connectPeer(listener?.port ?? 0);
  peers.push(made);
  return made;
}

beforeEach(() => {
  arrivals = [];
  lines.length = 0;
  garbage.length = 0;
});
afterEach(async () => {
  for (const one of peers.splice(0)) one.socket.destroy();
  await listener?.stop(100);
});

describe('an MLLP listener', () => {
  it('answers frames split at any byte', async () => {
    await open();
    const one = await peer();
    for (const byte of Buffer.from('\x0bMSH|abc\x1c\r')) {
      one.write(Buffer.of(byte));
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(await one.answer()).toBe('MSH|abc');
  });

  it('answers pipelined frames in their order, whatever is decided first', async () => {
    let release = (): void => undefined;
    const first = new Promise<void>(resolve => {
      release = resolve;
    });
    await open({ receiver: echo(text => (text === '1' ? first : Promise.resolve())) });
    const one = await peer();
    one.write('\x0b1\x1c\r\x0b2\x1c\r\x0b3\x1c\r');
    setTimeout(release, 20);
    expect([await one.answer(), await one.answer(), await one.answer()]).toEqual(['1', '2', '3']);
  });

  it('refuses a frame past the cap by its first bytes, and the connection stays usable', async () => {
    await open({ transport: { transport: { maxBytes: 5_000 } } });
    const one = await peer();
    one.frame(`MSH|head${'x'.repeat(100_000)}`);
    one.frame('next');
    expect((await one.answer()).length).toBeLessThanOrEqual(4_096);
    expect(await one.answer()).toBe('next');
    expect(arrivals.map(arrival => arrival.truncated)).toEqual([true, false]);
  });

  it('counts bytes outside frames, calls somebody once per connection, and goes on', async () => {
    await open();
    const one = await peer();
    one.write('GET / HTTP/1.1\r\n\r\n');
    one.frame('a');
    expect(await one.answer()).toBe('a');
    one.write('more garbage');
    one.frame('b');
    expect(await one.answer()).toBe('b');
    expect(garbage).toEqual([18]);
  });

  it('tells garbage that nothing follows', async () => {
    await open();
    const one = await peer();
    one.write('what is this');
    one.end();
    await one.closed();
    expect(garbage).toEqual([12]);
  });

  it('calls nobody for a line end after a frame', async () => {
    await open();
    const one = await peer();
    one.write('\x0ba\x1c\r\r\n\x0bb\x1c\r');
    expect([await one.answer(), await one.answer()]).toEqual(['a', 'b']);
    expect(garbage).toEqual([]);
  });

  it('closes a connection that is idle, and one whose frame does not end', async () => {
    await open({ transport: { transport: { idleSeconds: 0.2 } }, frameMs: 60 });
    const [idle, slow] = [await peer(), await peer()];
    slow.write('\x0bMSH|never ends');
    await slow.closed();
    await idle.closed();
    expect(await (await peer()).ask('still here')).toBe('still here');
    const reasons = lines.map(line => (JSON.parse(line) as { reason?: string }).reason);
    expect(reasons).toEqual(['frame-deadline', 'idle']);
  });

  it('refuses connections past the cap, and the others do not notice', async () => {
    await open({ transport: { transport: { maxConnections: 1 } } });
    const first = await peer();
    expect(await first.ask('a')).toBe('a');
    const second = await peer();
    await second.closed();
    expect(await first.ask('b')).toBe('b');
    expect(lines.join('')).toContain('mllp.connection-refused');
  });

  it('stops reading a peer whose frames wait, and reads on when they are answered', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    await open({ receiver: echo(() => held), maxWaiting: 3 });
    const one = await peer();
    const frame = `\x0b${'x'.repeat(1_000)}\x1c\r`;
    for (let i = 0; i < 2_000; i += 1) one.write(frame);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(arrivals.length).toBeLessThan(500);
    release();
    for (let i = 0; i < 2_000; i += 1) await one.answer();
    expect(arrivals).toHaveLength(2_000);
  });

  it('keeps the connection when an answer is withheld', async () => {
    await open();
    const one = await peer();
    one.frame('withhold');
    expect(await one.ask('next')).toBe('next');
  });

  it('gives the answers under way before it stops', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    await open({ receiver: echo(() => held) });
    const one = await peer();
    one.frame('last');
    await new Promise(resolve => setTimeout(resolve, 20));
    const stopped = listener?.stop(2_000);
    release();
    expect(await one.answer()).toBe('last');
    await one.closed();
    await stopped;
    await expect(connectPeer(listener?.port ?? 0)).rejects.toThrow();
  });

  it('answers a peer that closed its sending side', async () => {
    await open();
    const one = await peer();
    one.frame('bye');
    one.end();
    expect(await one.answer()).toBe('bye');
    await one.closed();
  });
});
