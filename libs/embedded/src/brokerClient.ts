import kafkajs from 'kafkajs';

/** How to log in to a cluster, and the cell that prefixes every topic and group name. */
export interface BrokerConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly prefix: string;
}

/**
 * A client for setting up and testing. The services' own is in @anamnesis/event-log, whose tests run on brokers
 * that this library starts: hence no import from there.
 */
export function brokerClient(connection: BrokerConnection): kafkajs.Kafka {
  const { username, password = '' } = connection;
  return new kafkajs.Kafka({
    clientId: connection.clientId,
    brokers: [...connection.brokers],
    ...(username === undefined ? {} : { sasl: { mechanism: 'scram-sha-512', username, password } }),
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    logLevel: kafkajs.logLevel.NOTHING,
  });
}

/** Adds the cell prefix to the name of a topic or group. */
export function inCell(connection: BrokerConnection, name: string): string {
  return `${connection.prefix}.${name}`;
}
