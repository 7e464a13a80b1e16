import { setTimeout as sleep } from 'node:timers/promises';
import { brokerClient, inCell, type BrokerConnection } from './brokerClient.js';
import type kafkajs from 'kafkajs';
import { topicPartitions } from './errors.js';

const settleWithinMs = 60_000;

/** What a topic is created with: the part of a contract that the broker must know. */
export interface TopicSpec {
  /** Without the cell prefix. */
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** Milliseconds; -1 keeps for ever. */
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
}

/** A topic that did not exist, and the epoch it was given: the fact for `governance.events`. Names logical. */
export interface NewTopic {
  readonly topic: string;
  readonly epoch: string;
  readonly partitions: number;
}

export interface TopicProvisioning {
  readonly newEpoch: () => string;
  /** Called with the topics that are about to be created: note them, so that a crash loses no epoch. */
  readonly beforeCreate?: (topics: readonly NewTopic[]) => Promise<void>;
  readonly replicationFactor?: number;
}

/**
 * Creates the topics that are missing, all in one request, and answers them with their fresh epochs.
 * Raised when one exists with another partition count: {@link topicPartitions}.
 */
export async function provisionTopics(
  connection: BrokerConnection,
  topics: readonly TopicSpec[],
  options: TopicProvisioning,
): Promise<NewTopic[]> {
  const admin = brokerClient(connection).admin({ retry: { retries: 2 } });
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const present = topics.filter(topic => existing.has(inCell(connection, topic.name)));
    await requirePartitions(admin, connection, present);
    const missing = topics.filter(topic => !present.includes(topic));
    const made = missing.map(topic => ({
      topic: topic.name,
      epoch: options.newEpoch(),
      partitions: topic.partitions,
    }));
    if (missing.length === 0) return made;
    await options.beforeCreate?.(made);
    await admin.createTopics({
      waitForLeaders: true,
      timeout: 30_000,
      topics: missing.map(topic => topicConfig(connection, topic, options.replicationFactor ?? 1)),
    });
    for (const topic of missing) await settled(admin, inCell(connection, topic.name));
    return made;
  } finally {
    await admin.disconnect();
  }
}

/**
 * Waits until every partition of a topic answers for its log end. The broker names leaders before it has made
 * their logs, one after the other with several flushes each, and takes seconds for a whole catalogue. Asked one
 * topic at a time and not often: the broker needs the processor itself.
 */
async function settled(admin: kafkajs.Admin, topic: string): Promise<void> {
  const deadline = performance.now() + settleWithinMs;
  for (;;)
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(150);
    }
}

function topicConfig(connection: BrokerConnection, topic: TopicSpec, replicationFactor: number) {
  return {
    topic: inCell(connection, topic.name),
    numPartitions: topic.partitions,
    replicationFactor,
    configEntries: [
      { name: 'cleanup.policy', value: topic.cleanup },
      { name: 'retention.ms', value: String(topic.retentionMs) },
      { name: 'max.message.bytes', value: String(topic.maxMessageBytes) },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'min.insync.replicas', value: replicationFactor >= 3 ? '2' : '1' },
    ],
  };
}

async function requirePartitions(
  admin: kafkajs.Admin,
  connection: BrokerConnection,
  topics: readonly TopicSpec[],
): Promise<void> {
  if (topics.length === 0) return;
  const names = topics.map(topic => inCell(connection, topic.name));
  const found = await admin.fetchTopicMetadata({ topics: names });
  const counts = new Map(found.topics.map(topic => [topic.name, topic.partitions.length]));
  for (const topic of topics) {
    const name = inCell(connection, topic.name);
    const count = counts.get(name) ?? 0;
    if (count !== topic.partitions)
      throw topicPartitions({ topic: name, found: count, expected: topic.partitions });
  }
}
