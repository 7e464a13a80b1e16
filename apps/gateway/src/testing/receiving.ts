import { createHash } from 'node:crypto';
import { createMemoryLog, type EventLogWriter, type MemoryLog } from '@anamnesis/event-log';
import { decodeBatch, type ReceivedEvent } from '@anamnesis/processing';
import type { ReceiptAnswer } from '../receive/answers.js';
import { createEdgeSequence } from '../receive/edgeSequence.js';
import { exceptionTopic, ingressTopic } from '../receive/encodeReceipt.js';
import type { ActiveInterface, ReceiverPorts } from '../receive/ports.js';
import { createReceiver, type Receiver, type ReceiverLimits } from '../receive/receiver.js';
import { createRecentReceipts } from '../receive/recentReceipts.js';
import { createLogStore, type LogStore } from './logStore.js';
import { memoryKeys } from './memoryKeys.js';
import { msaOf } from './peer.js';
import { testInterface } from './contracts.js';

/** A gateway's receipt path over a log in memory, with a clock that the test moves. */
export interface Receiving {
  readonly log: MemoryLog;
  readonly store: LogStore;
  readonly ports: ReceiverPorts;
  readonly receiver: Receiver;
  now: number;
  send(message: string | Uint8Array, active?: ActiveInterface): Promise<ReceiptAnswer>;
  /** The message store takes what is in the log, and the memory of this process lets go of it. */
  project(): void;
  received(): Promise<ReceivedEvent<'message.received.v1'>[]>;
  exceptions(): Promise<ReceivedEvent<'exception.raised.v1'>[]>;
}

export const testIdKey = createHash('sha256').update('id key of tests').digest();

/** `log` of an earlier one: the same log, a new process. */
export function startReceiving(
  options: {
    log?: MemoryLog;
    now?: number;
    writer?: (log: MemoryLog) => EventLogWriter;
    limits?: ReceiverLimits;
    durable?: () => boolean;
  } = {},
): Receiving {
  const { log = createMemoryLog(() => self.now) } = options;
  const store = createLogStore(log);
  let drawn = 0;
  const random = (size: number): Buffer => {
    drawn += 1;
    return createHash('sha512').update(`${drawn}`).digest().subarray(0, size);
  };
  const ports: ReceiverPorts = {
    tenant: () => ({ idKey: testIdKey, shard: 0 }),
    earlier: store,
    recent: createRecentReceipts({ clock: () => self.now }),
    keyring: memoryKeys(),
    writer: options.writer?.(log) ?? log.writer,
    sequence: createEdgeSequence(random),
    clock: () => self.now,
    random,
    traceparent: () => `00-${random(16).toString('hex')}-${random(8).toString('hex')}-01`,
    durable: options.durable ?? (() => true),
  };
  const receiver = createReceiver(ports, options.limits);
  const opened = async (topic: string) =>
    (await decodeBatch(log.records(topic), ports.keyring)).flatMap(one => (one.readable ? [one.event] : []));
  const self: Receiving = {
    log,
    store,
    ports,
    receiver,
    now: options.now ?? Date.UTC(2026, 2, 1, 12),
    send: (message, active = testInterface()) =>
      receiver.receive({ active, bytes: Buffer.from(message), transport: 'mllp' }),
    project() {
      for (const { topic, partition, next } of store.catchUp()) ports.recent.stored(topic, partition, next);
    },
    received: async () => (await opened(ingressTopic)) as ReceivedEvent<'message.received.v1'>[],
    exceptions: async () => (await opened(exceptionTopic)) as ReceivedEvent<'exception.raised.v1'>[],
  };
  return self;
}

/** MSA-1, MSA-2 and ERR-3 of an answer; `none` when it was withheld. */
export function answerOf(answer: ReceiptAnswer): string {
  if (answer.kind === 'withheld') return 'none';
  return msaOf(Buffer.from(answer.bytes).toString('latin1'));
}
