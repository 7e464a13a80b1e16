import { connect, type Socket } from 'node:net';

const startBlock = 0x0b;
const endBlock = 0x1c;
const carriageReturn = 0x0d;

export interface MllpClient {
  /** Sends one message and resolves with the answer frame. One at a time per connection: calls queue up. */
  send(message: Uint8Array): Promise<Buffer>;
  close(): void;
}

export interface MllpTarget {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs?: number;
}

function frame(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(startBlock), message, Buffer.of(endBlock, carriageReturn)]);
}

/** Reads answer frames off a socket; bytes outside frames are dropped. */
function answers(onAnswer: (answer: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return chunk => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const start = pending.indexOf(startBlock);
      const end = pending.indexOf(Buffer.of(endBlock, carriageReturn), Math.max(start, 0));
      if (start < 0 || end < 0) return;
      onAnswer(pending.subarray(start + 1, end));
      pending = pending.subarray(end + 2);
    }
  };
}

/**
 * A sending MLLP connection (MLLP release 1). Reconnects on the next send after a failure.
 * `send` rejects when the connection breaks or no answer comes in time: whether the receiver has the message is
 * then unknown, and the sender sends the same bytes again.
 */
export function createMllpClient({ host, port, timeoutMs = 30_000 }: MllpTarget): MllpClient {
  let socket: Socket | undefined;
  let waiting: { resolve: (answer: Buffer) => void; reject: (error: Error) => void } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const fail = (error: Error): void => {
    socket?.destroy();
    socket = undefined;
    waiting?.reject(error);
    waiting = undefined;
  };

  const connected = (): Promise<Socket> => {
    if (socket && !socket.destroyed) return Promise.resolve(socket);
    return new Promise((resolve, reject) => {
      const next = connect({ host, port, noDelay: true });
      next.once('connect', () => {
        socket = next;
        resolve(next);
      });
      next.once('error', error => {
        reject(error);
        if (socket === next) fail(error);
      });
      next.once('close', () => {
        if (socket === next) fail(new Error(`${host}:${port} closed the connection before it answered`));
      });
      next.on(
        'data',
        answers(answer => {
          waiting?.resolve(answer);
          waiting = undefined;
        }),
      );
    });
  };

  const sendNow = async (message: Uint8Array): Promise<Buffer> => {
    const open = await connected();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => fail(new Error(`${host}:${port} did not answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      waiting = {
        resolve: answer => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: error => {
          clearTimeout(timer);
          reject(error);
        },
      };
      open.write(frame(message));
    });
  };

  return {
    send(message) {
      const turn = last.then(
        () => sendNow(message),
        () => sendNow(message),
      );
      last = turn;
      return turn;
    },
    close() {
      socket?.destroy();
      socket = undefined;
    },
  };
}

export interface Acknowledgement {
  /** MSA-1. */
  readonly code: string;
  /** MSA-2. */
  readonly controlId: string;
  /** MSH-10 of the answer: how the receiver names it. */
  readonly answerId: string;
  /** ERR-3.1 or ERR-1.4.1, where given. */
  readonly condition: string;
  /** Sentence for a person, where given. */
  readonly text: string;
}

/** Reads the parts of an ACK that a sender acts on. */
export function parseAcknowledgement(answer: Buffer): Acknowledgement {
  const lines = answer.toString('utf8').split(/\r\n?|\n/);
  const separator = lines[0]?.[3] ?? '|';
  const fields = (name: string): string[] =>
    lines.find(line => line.startsWith(name + separator))?.split(separator) ?? [];
  const msa = fields('MSA');
  const err = fields('ERR');
  const condition = (err[3] || err[1] || '').split('^');
  return {
    code: msa[1] ?? '',
    controlId: msa[2] ?? '',
    answerId: lines[0]?.split(separator)[9] ?? '',
    condition: err[3] ? (condition[0] ?? '') : (condition[3] ?? ''),
    text: msa[3] || err[8] || '',
  };
}
