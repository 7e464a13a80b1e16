import { unavailable, type ReceiptAnswer } from './answers.js';
import { receiptIds } from './identify.js';
import type { ReceiverPorts } from './ports.js';
import { readBytes } from './readBytes.js';
import { receiveBatch, type Arrival, type Receipt } from './receiveBatch.js';

/**
 * Takes messages from every connection, in batches (see {@link receiveBatch}). A positive answer is given only after
 * the append was acknowledged by every in-sync replica. Order of arrival is order in the log, because one batch is
 * handled at a time; what arrives meanwhile is the next one.
 */
export interface Receiver {
  /** The answer; never rejects. What waits longer than `answerWithinMs` is answered as unavailable. */
  receive(arrival: Arrival): Promise<ReceiptAnswer>;
  /** Messages without an answer yet. */
  readonly waiting: number;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

export interface ReceiverLimits {
  readonly maxBatch?: number;
  readonly maxBatchBytes?: number;
  readonly answerWithinMs?: number;
  /** Told when a batch failed; the senders were answered by contract. */
  readonly onTrouble?: (error: unknown, messages: number) => void;
}

interface Waiting {
  readonly receipt: Receipt;
  readonly resolve: (answer: ReceiptAnswer) => void;
  readonly timer: NodeJS.Timeout;
  /** What waited too long and is answered is not appended any more, unless its append is already under way. */
  answered: boolean;
}

function notNow({ arrival, read, receivedAt, ids }: Receipt): ReceiptAnswer {
  return unavailable(read.message, ids.message(1), receivedAt, arrival.active.contract.ack.onUnavailable);
}

export function createReceiver(ports: ReceiverPorts, limits: ReceiverLimits = {}): Receiver {
  const { maxBatch = 500, maxBatchBytes = 8 * 1024 * 1024, answerWithinMs = 10_000, onTrouble } = limits;
  let queue: Waiting[] = [];
  let working: Promise<void> | undefined;
  let waiting = 0;

  const answer = (one: Waiting, given: ReceiptAnswer): void => {
    if (one.answered) return;
    one.answered = true;
    clearTimeout(one.timer);
    waiting -= 1;
    one.resolve(given);
  };

  const takeBatch = (): Waiting[] => {
    let bytes = 0;
    let count = 0;
    for (const { receipt } of queue) {
      const size = receipt.arrival.bytes.length;
      if (count > 0 && (count >= maxBatch || bytes + size > maxBatchBytes)) break;
      bytes += size;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch.filter(one => !one.answered);
  };

  const handle = async (batch: readonly Waiting[]): Promise<void> => {
    if (!ports.durable()) return batch.forEach(one => answer(one, notNow(one.receipt)));
    try {
      const { answers, figures } = await receiveBatch(
        batch.map(one => one.receipt),
        ports,
      );
      ports.observe?.(figures);
      batch.forEach((one, at) => answer(one, answers[at] ?? notNow(one.receipt)));
    } catch (error) {
      onTrouble?.(error, batch.length);
      for (const one of batch) answer(one, notNow(one.receipt));
    }
  };

  const work = async (): Promise<void> => {
    try {
      while (queue.length > 0) {
        const batch = takeBatch();
        if (batch.length > 0) await handle(batch);
      }
    } finally {
      // In the turn that sees the queue empty: an arrival of the next turn starts a worker of its own.
      working = undefined;
    }
  };

  const receiptOf = (arrival: Arrival): Receipt => {
    const { contract } = arrival.active;
    const tenant = ports.tenant(contract.tenant);
    const read = readBytes(arrival.bytes, contract.charset, arrival.truncated);
    const { controlId } = read;
    const { idKey } = tenant;
    const ids = receiptIds({ idKey, interfaceId: contract.id, controlId, bytes: arrival.bytes });
    return { arrival, read, tenant, ids, receivedAt: new Date(ports.clock()).toISOString() };
  };

  return {
    get waiting() {
      return waiting;
    },
    receive(arrival) {
      const receipt = receiptOf(arrival);
      waiting += 1;
      return new Promise(resolve => {
        const timer = setTimeout(() => answer(one, notNow(receipt)), answerWithinMs);
        const one: Waiting = { receipt, resolve, timer, answered: false };
        queue.push(one);
        working ??= Promise.resolve().then(work);
      });
    },
    async idle() {
      while (working) await working;
    },
  };
}
