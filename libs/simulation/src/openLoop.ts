import { createMllpClient, parseAcknowledgement } from './mllpClient.js';

export interface PlannedMessage {
  /** Milliseconds after the start at which the sender means to send it. */
  readonly due: number;
  readonly controlId: string;
  readonly host: string;
  readonly port: number;
  /** Messages of one key keep their order: they share a connection. */
  readonly orderKey: string;
  readonly bytes: Uint8Array;
}

export interface SentMessage {
  readonly controlId: string;
  /** Epoch milliseconds: when it was meant to go, when the answer came. */
  readonly intended: number;
  readonly answered: number;
  readonly code: string;
  /** MSH-10 of the answer. */
  readonly answerId: string;
}

export interface OpenLoopOptions {
  readonly connections: number;
  readonly clock: () => number;
  readonly onSent: (sent: SentMessage) => void;
  /** Messages that may wait for a connection; beyond it the sender itself waits, so memory stays bounded. */
  readonly maxWaiting?: number;
  /** Breaks off: what is unanswered then is not sent again, and the promise resolves. */
  readonly signal?: AbortSignal;
}

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

function hash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i += 1) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return h >>> 0;
}

/**
 * Sends messages when they are due, whether or not earlier ones were answered (open loop): a slow receiver shows as
 * latency, not as a lower rate. Latency counts from the intended time. An unanswered message is sent again with
 * the same bytes until it is answered.
 */
export async function sendOpenLoop(
  messages: Iterable<PlannedMessage>,
  { connections, clock, onSent, maxWaiting = 50_000, signal }: OpenLoopOptions,
): Promise<void> {
  const lanes = new Map<string, { client: ReturnType<typeof createMllpClient>; tail: Promise<void> }>();
  let waiting = 0;
  const start = clock();

  const deliver = async (
    client: ReturnType<typeof createMllpClient>,
    message: PlannedMessage,
  ): Promise<void> => {
    while (!signal?.aborted) {
      try {
        const { code, answerId } = parseAcknowledgement(await client.send(message.bytes));
        waiting -= 1;
        onSent({
          controlId: message.controlId,
          intended: start + message.due,
          answered: clock(),
          code,
          answerId,
        });
        return;
      } catch {
        await sleep(200);
      }
    }
  };

  for (const message of messages) {
    if (signal?.aborted) break;
    while (waiting >= maxWaiting) await sleep(50);
    waiting += 1;
    const wait = start + message.due - clock();
    if (wait > 1) await sleep(wait);
    const slot = `${message.host}:${message.port}:${hash(message.orderKey) % connections}`;
    let lane = lanes.get(slot);
    if (!lane) {
      lane = { client: createMllpClient(message), tail: Promise.resolve() };
      lanes.set(slot, lane);
    }
    const { client } = lane;
    lane.tail = lane.tail.then(() => deliver(client, message));
  }
  await Promise.all([...lanes.values()].map(lane => lane.tail));
  for (const { client } of lanes.values()) client.close();
}
