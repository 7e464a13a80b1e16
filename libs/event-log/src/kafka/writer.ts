import kafkajs from 'kafkajs';
import { logUnavailable } from '../errors.js';
import type { AppendedRecord, EventLogWriter, OutgoingRecord } from '../port.js';
import { createKafka, physicalName, type KafkaConnection } from './client.js';

/** One request stays under this many payload bytes per partition, unless a single record is larger. */
const maxBytesPerSend = 8 * 1024 * 1024;

interface Waiting {
  readonly records: readonly OutgoingRecord[];
  readonly resolve: (appended: AppendedRecord[]) => void;
  readonly reject: (error: unknown) => void;
}

function sizeOf(records: readonly OutgoingRecord[]): number {
  return records.reduce((sum, record) => sum + (record.value?.length ?? 0) + 512, 0);
}

/**
 * Appends through one idempotent producer, one request in flight (more would break order, tulios/kafkajs#598).
 * Calls that arrive meanwhile are sent together with the next request: that is the group commit of every service.
 * After a failure the producer is replaced, because its sequence numbers may no longer match the broker's.
 */
export function createKafkaWriter(connection: KafkaConnection): EventLogWriter {
  const kafka = createKafka(connection);
  const queue: Waiting[] = [];
  let producer: kafkajs.Producer | undefined;
  let sending: Promise<void> | undefined;
  let closed = false;

  const connected = async (): Promise<kafkajs.Producer> => {
    if (producer) return producer;
    const next = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.LegacyPartitioner,
      retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 2_000 },
    });
    await next.connect();
    producer = next;
    return next;
  };

  const takeBatch = (): Waiting[] => {
    const taken: Waiting[] = [];
    let bytes = 0;
    while (queue.length > 0) {
      const next = queue[0] as Waiting;
      const size = sizeOf(next.records);
      if (taken.length > 0 && bytes + size > maxBytesPerSend) break;
      taken.push(queue.shift() as Waiting);
      bytes += size;
    }
    return taken;
  };

  const send = async (batch: readonly Waiting[]): Promise<void> => {
    const byPartition = new Map<string, OutgoingRecord[]>();
    const places = batch.map(({ records }) =>
      records.map(record => {
        const slot = `${record.topic} ${record.partition}`;
        const list = byPartition.get(slot) ?? [];
        byPartition.set(slot, list);
        return { slot, index: list.push(record) - 1 };
      }),
    );
    const byTopic = new Map<string, kafkajs.Message[]>();
    for (const records of byPartition.values())
      for (const { topic, partition, key, headers, value } of records) {
        const messages = byTopic.get(topic) ?? [];
        byTopic.set(topic, messages);
        messages.push({ key, value, partition, headers: headers as Record<string, string> });
      }
    try {
      const answers = await (
        await connected()
      ).sendBatch({
        acks: -1,
        timeout: 10_000,
        topicMessages: [...byTopic].map(([topic, messages]) => ({
          topic: physicalName(connection, topic),
          messages,
        })),
      });
      const bases = new Map(
        answers.map(answer => [
          `${answer.topicName.slice(connection.prefix.length + 1)} ${answer.partition}`,
          { offset: Number(answer.baseOffset), time: Number(answer.logAppendTime) },
        ]),
      );
      batch.forEach((waiting, at) =>
        waiting.resolve(
          (places[at] ?? []).map(({ slot, index }) => {
            const base = bases.get(slot) ?? { offset: -1, time: -1 };
            return { offset: base.offset + index, appendTime: base.time };
          }),
        ),
      );
    } catch (error) {
      const failed = producer;
      producer = undefined;
      void failed?.disconnect().catch(() => undefined);
      const reason = error instanceof Error ? error.name : 'unknown';
      for (const waiting of batch) waiting.reject(logUnavailable({ reason }, error));
    }
  };

  // Cleared in the turn that sees the queue empty: an append of the next turn must find no pump, or start one.
  const pump = async (): Promise<void> => {
    try {
      while (queue.length > 0) await send(takeBatch());
    } finally {
      sending = undefined;
    }
  };

  return {
    append(records) {
      if (closed) return Promise.reject(logUnavailable({ reason: 'writer closed' }));
      if (records.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        queue.push({ records, resolve, reject });
        sending ??= Promise.resolve().then(pump);
      });
    },
    async close() {
      closed = true;
      await sending;
      await producer?.disconnect();
      producer = undefined;
    },
  };
}
