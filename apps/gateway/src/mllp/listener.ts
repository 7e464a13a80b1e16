import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Logger, Metrics } from '@anamnesis/telemetry';
import type { ActiveInterface } from '../receive/ports.js';
import type { Receiver } from '../receive/receiver.js';
import { attachConnection, type ClosedWhy, type MllpConnection } from './connection.js';

export interface ListenerOptions {
  readonly active: ActiveInterface;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly receiver: Receiver;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Told of bytes outside frames once per connection, for an exception. Never rejects. */
  readonly onGarbage: (active: ActiveInterface, count: number) => Promise<void>;
  /** Milliseconds from the first to the last byte of a frame; default 30 s. */
  readonly frameMs?: number;
  /** Frames of one connection that may wait for their answer; default 64. */
  readonly maxWaiting?: number;
}

export interface MllpListener {
  readonly interfaceId: string;
  readonly port: number;
  readonly connections: number;
  /** Stops accepting, lets every connection finish what it began, closes what is left after `withinMs`. */
  stop(withinMs: number): Promise<void>;
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Opens the MLLP port of one interface. Raised when the port is taken. */
export async function startListener(options: ListenerOptions): Promise<MllpListener> {
  const { active, receiver, logger, metrics } = options;
  const { id, transport } = active.contract;
  const listener = id;
  const open = new Map<Socket, MllpConnection>();
  const frames = metrics.counter('mllp_frames_total');
  const answers = metrics.counter('mllp_acks_total');
  const sizes = metrics.histogram('mllp_frame_bytes');
  const durations = metrics.histogram('mllp_ack_duration_seconds');
  const gauge = metrics.gauge('mllp_connections');

  const onFrame = async (bytes: Buffer, truncated: boolean) => {
    const began = performance.now();
    sizes.observe({ listener }, bytes.length);
    frames.inc({ listener, result: truncated ? 'oversize' : 'frame' });
    const answer = await receiver.receive({ active, bytes, transport: 'mllp', truncated });
    answers.inc({ listener, code: answer.kind === 'answer' ? answer.code : 'withheld' });
    durations.observe({ listener }, (performance.now() - began) / 1_000);
    return answer;
  };
  const onGarbage = (count: number, first: boolean): void => {
    frames.inc({ listener, result: 'garbage' });
    if (!first || count <= straySeparators) return;
    logger.warn('mllp.garbage', { listener, bytes: count });
    void options.onGarbage(active, count);
  };
  const onClosed = (socket: Socket, why: ClosedWhy): void => {
    open.delete(socket);
    gauge.set({ listener, state: 'open' }, open.size);
    if (why !== 'peer' && why !== 'stopped') logger.info('mllp.closed', { listener, reason: why });
  };

  const server = createServer({ allowHalfOpen: true }, socket => {
    const connection = attachConnection(
      socket,
      {
        maxBytes: transport.maxBytes,
        idleMs: transport.idleSeconds * 1_000,
        frameMs: options.frameMs ?? 30_000,
        maxWaiting: options.maxWaiting ?? 64,
        maxWaitingBytes: 4 * 1024 * 1024,
      },
      { onFrame, onGarbage, onClosed: why => onClosed(socket, why) },
    );
    open.set(socket, connection);
    gauge.set({ listener, state: 'open' }, open.size);
  });
  server.maxConnections = transport.maxConnections;
  server.on('drop', () => {
    frames.inc({ listener, result: 'connection-refused' });
    logger.warn('mllp.connection-refused', { listener, connections: open.size, reason: 'maxConnections' });
  });
  await listening(server, options.host, options.port);

  return {
    interfaceId: id,
    port: (server.address() as AddressInfo).port,
    get connections() {
      return open.size;
    },
    async stop(withinMs) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const connection of open.values()) void connection.stop();
      const deadline = setTimeout(() => {
        for (const socket of open.keys()) socket.destroy();
      }, withinMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}

/** Some senders put a line end after a frame: so few bytes are counted and nobody is called. */
const straySeparators = 2;
