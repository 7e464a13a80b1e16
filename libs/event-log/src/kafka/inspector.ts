import kafkajs from 'kafkajs';
import type { EventLogInspector, IncomingRecord, PartitionRange } from '../port.js';
import { createKafka, physicalName, type KafkaConnection } from './client.js';
import { decodeRecord } from './records.js';

let readings = 0;
/** A coordinator that is still loading answers with an error that passes; each try is bounded by kafkajs itself. */
const maxRestarts = 10;

/** Reads topics outside any processing group: ends, and whole topics for rebuilds and start-up views. */
export function createKafkaInspector(connection: KafkaConnection): EventLogInspector {
  const kafka = createKafka(connection);
  let admin: kafkajs.Admin | undefined;

  const connected = async (): Promise<kafkajs.Admin> => {
    if (admin) return admin;
    const next = kafka.admin({ retry: { retries: 5 } });
    await next.connect();
    admin = next;
    return next;
  };

  const ranges = async (topic: string): Promise<PartitionRange[]> => {
    const offsets = await (await connected()).fetchTopicOffsets(physicalName(connection, topic));
    return offsets
      .map(({ partition, low, high }) => ({ partition, start: Number(low), end: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  };

  return {
    ranges,
    async readAll(topic, group, onRecords) {
      const open = new Map(
        (await ranges(topic)).filter(range => range.end > range.start).map(r => [r.partition, r]),
      );
      if (open.size === 0) return;
      readings += 1;
      let restarts = 0;
      const name = physicalName(connection, topic);
      const consumer = kafka.consumer({
        groupId: `${physicalName(connection, group)}.read-${process.pid}-${readings}-${Math.trunc(performance.now())}`,
        sessionTimeout: 30_000,
        maxWaitTimeInMs: 100,
        maxBytesPerPartition: 4 * 1024 * 1024,
        allowAutoTopicCreation: false,
        retry: { retries: 10, restartOnFailure: async () => (restarts += 1) <= maxRestarts },
      });
      await consumer.connect();
      await consumer.subscribe({ topic: name, fromBeginning: true });
      try {
        await new Promise<void>((resolve, reject) => {
          consumer.on(consumer.events.CRASH, ({ payload }) => {
            if (!payload.restart) reject(payload.error);
          });
          const eachBatch = async ({ batch, heartbeat }: kafkajs.EachBatchPayload): Promise<void> => {
            const range = open.get(batch.partition);
            if (!range) return;
            const records: IncomingRecord[] = [];
            for (const message of batch.messages)
              if (Number(message.offset) >= range.start && Number(message.offset) < range.end)
                records.push(decodeRecord(topic, batch.partition, message));
            if (records.length > 0) await onRecords(records);
            await heartbeat();
            const next = Number(batch.lastOffset()) + 1;
            if (next >= range.end) open.delete(batch.partition);
            else open.set(batch.partition, { ...range, start: next });
            if (open.size === 0) resolve();
          };
          consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 8, eachBatch }).catch(reject);
        });
      } finally {
        await consumer.disconnect();
      }
    },
    async close() {
      await admin?.disconnect();
      admin = undefined;
    },
  };
}
