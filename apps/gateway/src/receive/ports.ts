import type { EventLogWriter } from '@anamnesis/event-log';
import type { Keyring } from '@anamnesis/keys';
import type { InterfaceContract } from '@anamnesis/mapping';
import type { EarlierReceipts } from '../store/earlierReceipts.js';
import type { EdgeSequence } from './edgeSequence.js';
import type { RecentReceipts } from './recentReceipts.js';

/** An interface as it is active now, and the hash of what will treat its messages. */
export interface ActiveInterface {
  readonly contract: InterfaceContract;
  readonly plan: string;
}

export interface ReceivingTenant {
  readonly idKey: Uint8Array;
  readonly shard: number;
}

/** What the receiver is given; clock and randomness included. */
export interface ReceiverPorts {
  readonly tenant: (name: string) => ReceivingTenant;
  readonly earlier: EarlierReceipts;
  readonly recent: RecentReceipts;
  readonly keyring: Keyring;
  readonly writer: EventLogWriter;
  readonly sequence: EdgeSequence;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly random: (size: number) => Buffer;
  readonly traceparent: () => string;
  /** False when the log is not as durable as a positive answer promises: then none is given. */
  readonly durable: () => boolean;
  readonly observe?: (batch: ReceivedBatch) => void;
}

/** Figures of one batch: counts, and milliseconds per stage. */
export interface ReceivedBatch {
  readonly messages: number;
  readonly appended: number;
  readonly lookup: number;
  readonly decide: number;
  readonly keys: number;
  readonly encode: number;
  readonly append: number;
}
