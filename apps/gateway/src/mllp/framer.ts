import { Buffer } from 'node:buffer';

/** What a chunk brought to light. */
export type FrameEvent =
  | { readonly kind: 'frame'; readonly bytes: Buffer }
  /** Bytes outside of any frame: one event per run, when the run ends. */
  | { readonly kind: 'garbage'; readonly count: number }
  /** A frame above the cap, told as soon as it passes it: its first bytes. The rest is skipped. */
  | { readonly kind: 'oversize'; readonly head: Buffer };

export interface FramerOptions {
  /** Content of a frame above this is not kept. */
  readonly maxBytes: number;
  /** Bytes kept of a frame above the cap: enough to read its header and answer it. 4 KiB when left out. */
  readonly maxHeaderScan?: number;
}

export interface Framer {
  /** Takes the next bytes of a connection and tells what they complete, in order. */
  push(chunk: Buffer): FrameEvent[];
  /** The connection ended: tells a run of garbage that nothing followed. */
  end(): FrameEvent[];
  /** A frame has begun and not ended, one that is being skipped included. */
  readonly inFrame: boolean;
}

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;

/**
 * Cuts a byte stream into MLLP frames, VT … FS CR (MLLP release 1). An FS that no CR follows is content, and so is a VT
 * inside a frame. A frame within one chunk is a view of it; one over several is copied once into a buffer that doubles,
 * so that a peer sending byte by byte costs neither quadratic time nor an object per byte. Memory is bounded by
 * `maxBytes` and one chunk.
 */
export function createFramer({ maxBytes, maxHeaderScan = 4096 }: FramerOptions): Framer {
  // No more than what is known when the cap is passed, so that the head does not depend on how chunks are cut.
  const headBytes = Math.min(maxHeaderScan, maxBytes + 1);
  let state: 'outside' | 'inside' | 'skipping' = 'outside';
  let kept = Buffer.alloc(0);
  let length = 0;
  let garbage = 0;
  /** The last byte was an FS of which only the next byte tells what it is. */
  let undecided = false;

  /** Keeps content, or tells that the cap is passed. */
  const keep = (chunk: Buffer, start: number, end: number, events: FrameEvent[]): void => {
    if (state === 'skipping') return;
    const total = length + end - start;
    if (total > maxBytes) {
      const first = kept.subarray(0, Math.min(length, headBytes));
      const rest = chunk.subarray(start, Math.min(end, start + headBytes - first.length));
      events.push({ kind: 'oversize', head: Buffer.concat([first, rest]) });
      release();
      state = 'skipping';
      return;
    }
    if (total > kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(1024, total, Math.min(2 * kept.length, maxBytes)));
      kept.copy(larger, 0, 0, length);
      kept = larger;
    }
    chunk.copy(kept, length, start, end);
    length = total;
  };

  const release = (): void => {
    kept = Buffer.alloc(0);
    length = 0;
  };

  /** Ends the frame whose last content is `chunk[start, end)`. */
  const complete = (chunk: Buffer, start: number, end: number, events: FrameEvent[]): void => {
    if (state === 'inside' && length === 0 && end - start <= maxBytes)
      events.push({ kind: 'frame', bytes: chunk.subarray(start, end) });
    else {
      keep(chunk, start, end, events);
      if (state === 'inside') events.push({ kind: 'frame', bytes: kept.subarray(0, length) });
    }
    release();
    state = 'outside';
  };

  const tellGarbage = (events: FrameEvent[]): void => {
    if (garbage > 0) events.push({ kind: 'garbage', count: garbage });
    garbage = 0;
  };

  /** Reads from `at` to the end of the frame or of the chunk; returns where to go on. */
  const readFrame = (chunk: Buffer, at: number, events: FrameEvent[]): number => {
    if (undecided) {
      undecided = false;
      if (chunk[at] === CR) {
        complete(chunk, at, at, events);
        return at + 1;
      }
      keep(Buffer.of(FS), 0, 1, events);
    }
    let close = chunk.indexOf(FS, at);
    while (close >= 0 && close + 1 < chunk.length && chunk[close + 1] !== CR)
      close = chunk.indexOf(FS, close + 1);
    if (close >= 0 && close + 1 < chunk.length) {
      complete(chunk, at, close, events);
      return close + 2;
    }
    undecided = close >= 0;
    keep(chunk, at, undecided ? close : chunk.length, events);
    return chunk.length;
  };

  return {
    push(chunk) {
      const events: FrameEvent[] = [];
      let at = 0;
      while (at < chunk.length) {
        if (state !== 'outside') {
          at = readFrame(chunk, at, events);
          continue;
        }
        const begin = chunk.indexOf(VT, at);
        garbage += (begin < 0 ? chunk.length : begin) - at;
        if (begin < 0) break;
        tellGarbage(events);
        state = 'inside';
        at = begin + 1;
      }
      return events;
    },
    end() {
      const events: FrameEvent[] = [];
      tellGarbage(events);
      return events;
    },
    get inFrame() {
      return state !== 'outside';
    },
  };
}

/** Frames one message for sending. The bytes must not hold FS CR, which would end the frame early. */
export function wrap(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(bytes.length + 3);
  frame[0] = VT;
  frame.set(bytes, 1);
  frame[bytes.length + 1] = FS;
  frame[bytes.length + 2] = CR;
  return frame;
}
