import { setTimeout as sleepFor } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { EventLogReader, PartitionHandler, ReaderOptions, RunningReader } from '../port.js';
import { createKafka, logicalName, physicalName, type KafkaConnection } from './client.js';
import { decodeRecord } from './records.js';

export interface ReaderTuning {
  /** After a busy cycle the next fetch waits this long, so that records gather into batches. Milliseconds. */
  readonly lingerMs: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
}

const defaults: ReaderTuning = { lingerMs: 30, sessionTimeoutMs: 6_000, heartbeatMs: 1_000 };
/** The broker's committed offset is a hint for lag tools only; the cursor in Postgres is the truth. */
const hintEveryMs = 5_000;

/**
 * Reads through one consumer group member. Traps of kafkajs 2.2.4 that are closed here: heartbeats run on a timer
 * during the handler and a failed one aborts the batch (#1764); every path of a batch resolves, seeks or pauses
 * (an unresolved batch comes back thousands of times a second); seeking happens inside the batch, because
 * listeners of a join are not awaited (#1363).
 */
export function createKafkaReader(
  connection: KafkaConnection,
  tuning: Partial<ReaderTuning> = {},
): EventLogReader {
  const { lingerMs, sessionTimeoutMs, heartbeatMs } = { ...defaults, ...tuning };

  return {
    async run(options: ReaderOptions, handler: PartitionHandler): Promise<RunningReader> {
      const consumer = createKafka(connection).consumer({
        groupId: physicalName(connection, options.group),
        sessionTimeout: sessionTimeoutMs,
        heartbeatInterval: heartbeatMs,
        rebalanceTimeout: 10_000,
        maxWaitTimeInMs: 500,
        minBytes: 1,
        maxBytes: 32 * 1024 * 1024,
        maxBytesPerPartition: 4 * 1024 * 1024,
        allowAutoTopicCreation: false,
        retry: {
          retries: 10,
          initialRetryTime: 200,
          maxRetryTime: 2_000,
          restartOnFailure: async () => true,
        },
      });
      let assigned = false;
      let generation = new AbortController();
      let stopping = false;
      const hints = new Map<string, { topic: string; partition: number; offset: string }>();

      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        generation.abort();
        generation = new AbortController();
        assigned = true;
        const assignment = Object.fromEntries(
          Object.entries(payload.memberAssignment).map(([topic, partitions]) => [
            logicalName(connection, topic),
            partitions,
          ]),
        );
        options.onAssigned?.(assignment);
      });
      consumer.on(consumer.events.REBALANCING, () => {
        assigned = false;
        generation.abort();
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        assigned = false;
        generation.abort();
        if (!payload.restart) options.onFailed?.(payload.error);
      });

      const eachBatch = async ({
        batch,
        resolveOffset,
        heartbeat,
        pause,
        isRunning,
        isStale,
      }: kafkajs.EachBatchPayload): Promise<void> => {
        if (!isRunning() || isStale() || batch.messages.length === 0) return;
        const topic = logicalName(connection, batch.topic);
        const abort = new AbortController();
        const { signal: generationSignal } = generation;
        const beat = setInterval(() => {
          heartbeat().catch(() => abort.abort());
        }, heartbeatMs);
        try {
          const verdict = await handler({
            topic,
            partition: batch.partition,
            records: batch.messages.map(message => decodeRecord(topic, batch.partition, message)),
            logEnd: Number(batch.highWatermark),
            signal: AbortSignal.any([abort.signal, generationSignal]),
          });
          const place = { topic: batch.topic, partition: batch.partition };
          if (verdict.kind === 'resolved') {
            resolveOffset(batch.lastOffset());
            hints.set(`${topic} ${batch.partition}`, {
              ...place,
              offset: String(Number(batch.lastOffset()) + 1),
            });
            await sleepFor(lingerMs);
          } else {
            consumer.seek({ ...place, offset: String(verdict.offset) });
            if (verdict.kind === 'pause') {
              const resume = pause();
              setTimeout(() => {
                if (!stopping) resume();
              }, verdict.milliseconds).unref();
            }
          }
        } finally {
          clearInterval(beat);
        }
      };

      await consumer.connect();
      await consumer.subscribe({
        topics: options.topics.map(topic => physicalName(connection, topic)),
        fromBeginning: true,
      });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 64,
        eachBatch,
      });
      const hinting = setInterval(() => {
        const offsets = [...hints.values()];
        hints.clear();
        if (offsets.length > 0) consumer.commitOffsets(offsets).catch(() => undefined);
      }, hintEveryMs);

      return {
        isAssigned: () => assigned,
        async stop() {
          stopping = true;
          clearInterval(hinting);
          generation.abort();
          await Promise.race([consumer.disconnect(), sleepFor(5_000, undefined, { ref: false })]);
        },
      };
    },
  };
}
