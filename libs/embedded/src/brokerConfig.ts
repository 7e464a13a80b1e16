export interface BrokerSettings {
  readonly dataDir: string;
  readonly clientPort: number;
  readonly controllerPort: number;
  readonly admin: { readonly username: string; readonly password: string };
}

/** A record is at most 16 MiB; batch framing and headers need room above it. */
const maxMessageBytes = 17 * 1024 * 1024;

/**
 * server.properties of a one-node broker, SCRAM and ACLs on, everything denied that no ACL allows.
 * The controller listener speaks PLAIN: SCRAM users live in the log that it serves (KAFKA-15513).
 */
export function brokerProperties(s: BrokerSettings): string {
  const login = `required username="${s.admin.username}" password="${s.admin.password}"`;
  const security = 'org.apache.kafka.common.security';
  return lines({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${s.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `CLIENT://127.0.0.1:${s.clientPort},CONTROLLER://127.0.0.1:${s.controllerPort}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${s.clientPort}`,
    'inter.broker.listener.name': 'CLIENT',
    'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.client.scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule ${login};`,
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': `${security}.plain.PlainLoginModule ${login} user_${s.admin.username}="${s.admin.password}";`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${s.admin.username}`,
    'allow.everyone.if.no.acl.found': false,
    'log.dirs': s.dataDir,
    'auto.create.topics.enable': false,
    'log.message.timestamp.type': 'LogAppendTime',
    'message.max.bytes': maxMessageBytes,
    'replica.fetch.max.bytes': maxMessageBytes,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    // The default of 128 MiB alone kills a small heap at start.
    'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
    'num.io.threads': 4,
    'num.network.threads': 2,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 2,
  });
}

function lines(properties: Record<string, string | number | boolean>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('');
}

/** Arguments of StorageTool, one a line, as its `@file` form reads them: no password on a command line. */
export function formatArguments(
  clusterId: string,
  propertiesFile: string,
  users: readonly { readonly name: string; readonly password: string }[],
): string {
  const scram = users.flatMap(user => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${user.name},password=${user.password}]`,
  ]);
  return ['--standalone', '-t', clusterId, '-c', propertiesFile, ...scram].join('\n') + '\n';
}
