import kafkajs from 'kafkajs';
import { patchIdleTimers } from './patchIdleTimers.js';

patchIdleTimers();

/** How to reach the cluster, and the cell that prefixes every topic and group name. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly prefix: string;
}

export function createKafka(connection: KafkaConnection): kafkajs.Kafka {
  return new kafkajs.Kafka({
    clientId: connection.clientId,
    brokers: [...connection.brokers],
    ...(connection.username === undefined
      ? {}
      : {
          sasl: {
            mechanism: 'scram-sha-512',
            username: connection.username,
            password: connection.password ?? '',
          },
        }),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: kafkajs.logLevel.NOTHING,
  });
}

export function physicalName(connection: KafkaConnection, logical: string): string {
  return `${connection.prefix}.${logical}`;
}

export function logicalName(connection: KafkaConnection, physical: string): string {
  return physical.slice(connection.prefix.length + 1);
}
