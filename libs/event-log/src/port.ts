/**
 * The event log as the rest of the code sees it: two interfaces, no Kafka names. Topic names here are logical,
 * without the cell prefix. Adapters: `kafka/` (kafkajs) and `memory/`.
 */

export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Broker's append time, epoch milliseconds (LogAppendTime on every topic). */
  readonly appendTime: number;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
}

export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
}

export interface AppendedRecord {
  readonly offset: number;
  readonly appendTime: number;
}

export interface EventLogWriter {
  /**
   * Appends in the order given, per partition, and resolves when every in-sync replica has the records
   * (`acks=all`); the answer is aligned with the input. Calls that overlap are sent together.
   * Raised when the log cannot take them in bounded time: {@link logUnavailable}; whether the records are in
   * the log is then unknown, and the caller re-appends the same ids.
   */
  append(records: readonly OutgoingRecord[]): Promise<AppendedRecord[]>;
  close(): Promise<void>;
}

export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly IncomingRecord[];
  /** Offset after the last record of the partition when this batch was fetched. */
  readonly logEnd: number;
  /** Aborted when the partition is lost or the process stops: give up before the next write. */
  readonly signal: AbortSignal;
}

/** What the adapter does next with the partition. Every batch ends in one of these. */
export type BatchVerdict =
  | { readonly kind: 'resolved' }
  | { readonly kind: 'seek'; readonly offset: number }
  | { readonly kind: 'pause'; readonly milliseconds: number; readonly offset: number };

export type PartitionHandler = (batch: PartitionBatch) => Promise<BatchVerdict>;

export interface ReaderOptions {
  /** Group id without the cell prefix. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Told at each assignment, before the first batch is waited for: partitions per topic. */
  readonly onAssigned?: (assignment: Readonly<Record<string, readonly number[]>>) => void;
  /** Told when the reader failed in a way that it cannot mend. */
  readonly onFailed?: (error: Error) => void;
}

export interface RunningReader {
  stop(): Promise<void>;
  /** True while partitions are assigned. */
  isAssigned(): boolean;
}

export interface EventLogReader {
  run(options: ReaderOptions, handler: PartitionHandler): Promise<RunningReader>;
}

export interface PartitionRange {
  readonly partition: number;
  /** First offset still kept. */
  readonly start: number;
  /** Offset after the last record. */
  readonly end: number;
}

export interface EventLogInspector {
  ranges(topic: string): Promise<PartitionRange[]>;
  /**
   * Hands every record of a topic from the first kept to the ends seen at the call, in order per partition.
   * `group` must be a name the caller's user may use.
   */
  readAll(
    topic: string,
    group: string,
    onRecords: (records: readonly IncomingRecord[]) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}
