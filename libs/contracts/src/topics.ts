import { hash } from 'node:crypto';
import catalogue from './topics.json' with { type: 'json' };

/** How a topic's partitions relate to shards: see {@link partitionOf}. */
export type TopicLayout = 'edge' | 'shard' | 'single';
export type DataClass = 'patient' | 'pseudonymous' | 'configuration';

export interface TopicContract {
  readonly name: string;
  readonly key: string;
  readonly layout: TopicLayout;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** Milliseconds; -1 keeps for ever. */
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  readonly writer: string;
  readonly readers: readonly string[];
  readonly dataClass: DataClass;
  readonly events: readonly string[];
}

/**
 * Shards of a cell: the partition count of every decider topic. One per tenant of the development cell. It may grow
 * (the partitions of existing shards keep their numbers), never shrink.
 */
export const shardCount = 2;
/** Partitions per shard of an edge topic: two pods may share one tenant's intake, order per key holds. */
export const edgeLanes = 2;
/** A record is at most 16 MiB; headers and batch framing need a little room above it. */
export const maxRecordBytes = 16 * 1024 * 1024;

const partitionsOf: Record<TopicLayout, number> = {
  edge: shardCount * edgeLanes,
  shard: shardCount,
  single: 1,
};
const dayMs = 86_400_000;

/** Every topic of the cell, per-service topics expanded, names without the cell prefix. */
export function topicCatalogue(): TopicContract[] {
  return catalogue.topics.flatMap(topic => {
    const services = topic.perService ?? [''];
    return services.map(service => ({
      name: topic.name.replace('<s>', service),
      key: topic.key,
      layout: topic.layout as TopicLayout,
      partitions: partitionsOf[topic.layout as TopicLayout],
      cleanup: (topic.cleanup ?? 'delete') as 'delete' | 'compact',
      retentionMs: topic.retentionDays < 0 ? -1 : topic.retentionDays * dayMs,
      maxMessageBytes: maxRecordBytes + 64 * 1024,
      writer: topic.writer.replace('<s>', service),
      readers: topic.readers.map(reader => reader.replace('<s>', service)),
      dataClass: topic.dataClass as DataClass,
      events: topic.events,
    }));
  });
}

/** Services that own a broker user. */
export function brokerUsers(): readonly string[] {
  return catalogue.services;
}

export type TopicOperation = 'READ' | 'WRITE' | 'DESCRIBE' | 'DESCRIBE_CONFIGS';

export interface TopicAccess {
  readonly topic: string;
  readonly operations: readonly TopicOperation[];
}

/** What one service may do with topics, and nothing else: read what it consumes, write what it owns. */
export function accessOf(service: string): TopicAccess[] {
  return topicCatalogue().flatMap(topic => {
    const operations: TopicOperation[] = [];
    if (topic.readers.includes(service)) operations.push('READ');
    if (topic.writer === service) operations.push('WRITE');
    // The gateway gives positive answers only when the topic is as durable as they promise.
    if (topic.name === 'ingress.messages' && topic.writer === service) operations.push('DESCRIBE_CONFIGS');
    return operations.length === 0
      ? []
      : [{ topic: topic.name, operations: [...operations, 'DESCRIBE' as const] }];
  });
}

/**
 * Topics that a service may read and that somebody writes, for subscriptions such as audit's, which takes all.
 * Topics without an event type yet are left out: each subscribed partition costs the broker work on every fetch.
 */
export function topicsReadBy(service: string): string[] {
  return topicCatalogue()
    .filter(topic => topic.readers.includes(service) && topic.events.length > 0)
    .map(topic => topic.name);
}

/**
 * The partition of a key: a shard's own partition on decider topics; one of the shard's {@link edgeLanes} on edge
 * topics, so that one key always meets one partition; 0 on single topics. Producers name the partition, they
 * never leave it to the client's partitioner.
 */
export function partitionOf(layout: TopicLayout, shard: number, key: string): number {
  if (layout === 'single') return 0;
  if (layout === 'shard') return shard;
  const first = hash('sha256', key, 'buffer')[0] ?? 0;
  return shard * edgeLanes + (first % edgeLanes);
}

/** Shard that a partition of a topic belongs to. */
export function shardOf(layout: TopicLayout, partition: number): number {
  if (layout === 'single') return 0;
  return layout === 'shard' ? partition : Math.floor(partition / edgeLanes);
}

const byName = new Map(topicCatalogue().map(topic => [topic.name, topic]));

/** Raised when code names a topic that the contracts do not know: a programming error. */
export function topicContract(name: string): TopicContract {
  const found = byName.get(name);
  if (!found)
    throw new Error(`Topic "${name}" is not in libs/contracts/src/topics.json: add it there first.`);
  return found;
}
