import type { Socket } from 'node:net';
import type { ReceiptAnswer } from '../receive/answers.js';
import { createFramer, wrap, type FrameEvent } from './framer.js';

export interface ConnectionLimits {
  /** A frame above this is refused without being read into memory. */
  readonly maxBytes: number;
  /** A connection without a byte for this long is closed. */
  readonly idleMs: number;
  /** A frame that is not complete this long after its first byte ends the connection. */
  readonly frameMs: number;
  /** Frames taken and not answered yet; above it the socket is not read. */
  readonly maxWaiting: number;
  /** The same in bytes. */
  readonly maxWaitingBytes: number;
}

/** What a connection brings to the listener. */
export interface ConnectionHandlers {
  /** Answers a frame; `truncated` marks the first bytes of one above the cap. Never rejects. */
  readonly onFrame: (bytes: Buffer, truncated: boolean) => Promise<ReceiptAnswer>;
  /** Bytes outside any frame; `first` once per connection. */
  readonly onGarbage: (count: number, first: boolean) => void;
  readonly onClosed: (why: ClosedWhy) => void;
}

export type ClosedWhy = 'peer' | 'idle' | 'frame-deadline' | 'stopped' | 'error';

export interface MllpConnection {
  /** Stops reading, waits for the answers under way and ends the connection. */
  stop(): Promise<void>;
}

/** Bytes of answers that the peer has not taken; above it nothing more is read from it. */
const maxUnsentBytes = 256 * 1024;
/** A frame ends in FS CR. */
const endOfFrame = 0x0d;
const garbagePauseMs = 500;

/**
 * One peer: frames in, answers out in the order of their frames, whatever order they are decided in. The peer is
 * slowed down by not reading it when too much of its own waits; other peers do not notice.
 */
export function attachConnection(
  socket: Socket,
  limits: ConnectionLimits,
  handlers: ConnectionHandlers,
): MllpConnection {
  const framer = createFramer({ maxBytes: limits.maxBytes });
  let waiting = 0;
  let waitingBytes = 0;
  let idled = false;
  let frameTimer: NodeJS.Timeout | undefined;
  let garbageTimer: NodeJS.Timeout | undefined;
  let sawGarbage = false;
  let stopping = false;
  let why: ClosedWhy = 'peer';
  let answered: Promise<void> = Promise.resolve();

  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  socket.setTimeout(limits.idleMs);

  const flow = (): void => {
    const full =
      stopping ||
      waiting >= limits.maxWaiting ||
      waitingBytes >= limits.maxWaitingBytes ||
      socket.writableLength > maxUnsentBytes;
    if (full && !socket.isPaused()) socket.pause();
    if (!full && socket.isPaused()) socket.resume();
  };

  const send = (answer: ReceiptAnswer): void => {
    if (answer.kind === 'answer' && socket.writable) socket.write(wrap(answer.bytes));
  };

  const take = (bytes: Buffer, truncated: boolean): void => {
    waiting += 1;
    waitingBytes += bytes.length;
    const answer = handlers.onFrame(bytes, truncated);
    answered = answered
      .then(async () => send(await answer))
      .finally(() => {
        waiting -= 1;
        waitingBytes -= bytes.length;
        if (idled) socket.setTimeout(limits.idleMs);
        flow();
      });
  };

  /** A frame has a deadline from its first byte on, or from the end of the frame before it. */
  const watchFrame = (completed: boolean): void => {
    if (completed || !framer.inFrame) {
      clearTimeout(frameTimer);
      frameTimer = undefined;
    }
    if (framer.inFrame)
      frameTimer ??= setTimeout(() => {
        why = 'frame-deadline';
        socket.destroy();
      }, limits.frameMs);
  };

  const handle = (event: FrameEvent): void => {
    if (event.kind === 'frame') return take(event.bytes, false);
    if (event.kind === 'oversize') return take(event.head, true);
    handlers.onGarbage(event.count, !sawGarbage);
    sawGarbage = true;
  };
  /** Bytes outside frames that no frame follows are told once the peer pauses. */
  const tellGarbage = (): void => framer.end().forEach(handle);

  socket.on('data', (chunk: Buffer) => {
    idled = false;
    clearTimeout(garbageTimer);
    const events = framer.push(chunk);
    events.forEach(handle);
    watchFrame(events.some(event => event.kind === 'frame'));
    if (!framer.inFrame && chunk.at(-1) !== endOfFrame)
      garbageTimer = setTimeout(tellGarbage, garbagePauseMs);
    flow();
  });
  socket.on('drain', flow);
  socket.on('timeout', () => {
    idled = true;
    if (waiting > 0) return;
    why = 'idle';
    socket.destroy();
  });
  socket.on('error', () => {
    why = 'error';
  });
  // The peer sends no more: answers under way are still given, then our side ends too.
  socket.on('end', () => {
    void answered.then(() => socket.end());
  });
  socket.on('close', () => {
    clearTimeout(frameTimer);
    clearTimeout(garbageTimer);
    tellGarbage();
    handlers.onClosed(why);
  });

  return {
    async stop() {
      stopping = true;
      flow();
      await answered;
      why = 'stopped';
      socket.end();
    },
  };
}
