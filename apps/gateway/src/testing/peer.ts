import { connect, type Socket } from 'node:net';
import { createFramer, wrap } from '../mllp/framer.js';

/** The other end of an MLLP connection, for tests. */
export interface Peer {
  readonly socket: Socket;
  write(bytes: string | Uint8Array): void;
  /** Writes one frame. */
  frame(message: string | Uint8Array): void;
  /** The next answer; rejects when the connection ends or nothing comes in time. */
  answer(): Promise<string>;
  /** Sends one frame and waits for its answer. */
  ask(message: string | Uint8Array): Promise<string>;
  /** Resolves when the other side closed. */
  closed(): Promise<void>;
  end(): void;
}

export async function connectPeer(port: number, patienceMs = 5_000): Promise<Peer> {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const framer = createFramer({ maxBytes: 1_000_000 });
  const answers: string[] = [];
  let wake = (): void => undefined;
  let isClosed = false;
  socket.on('data', chunk => {
    for (const event of framer.push(Buffer.from(chunk)))
      if (event.kind === 'frame') answers.push(event.bytes.toString('latin1'));
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  const until = async (holds: () => boolean, what: string): Promise<void> => {
    const late = setTimeout(() => wake(), patienceMs);
    const since = performance.now();
    while (!holds()) {
      if (performance.now() - since >= patienceMs) throw new Error(`No ${what} within ${patienceMs} ms`);
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
    clearTimeout(late);
  };
  const peer: Peer = {
    socket,
    write: bytes => void socket.write(bytes),
    frame: message => void socket.write(wrap(Buffer.from(message))),
    async answer() {
      await until(() => answers.length > 0 || isClosed, 'answer');
      const next = answers.shift();
      if (next === undefined) throw new Error('The connection ended without an answer');
      return next;
    },
    async ask(message) {
      peer.frame(message);
      return peer.answer();
    },
    closed: () => until(() => isClosed, 'close'),
    end: () => void socket.end(),
  };
  return peer;
}

/** MSA-1, MSA-2 and ERR-3 of an acknowledgement. */
export function msaOf(text: string): string {
  const [, code = '', control = ''] = /\rMSA\|([^|\r]*)\|?([^|\r]*)/.exec(text) ?? [];
  const condition = /\rERR\|[^|]*\|[^|]*\|(\d+)/.exec(text)?.[1];
  return [code, control, condition].filter(part => part !== undefined).join(' ');
}
