import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerConnection } from './brokerClient.js';
import { brokerTool } from './brokerTool.js';
import { brokerUserRefused } from './errors.js';

export interface BrokerUser {
  readonly name: string;
  readonly password: string;
}

interface KnownUsers {
  includes(user: BrokerUser): boolean;
}

const fileName = 'users.json';
const digest = (user: BrokerUser) =>
  createHash('sha256').update(`${user.name}\n${user.password}`).digest('hex');

/**
 * Users a broker directory was given, as digests: tells, without a JVM start per user, whom the broker lacks.
 * An absent file means none.
 */
export async function knownUsers(dir: string): Promise<KnownUsers> {
  const text = await readFile(join(dir, fileName), 'utf8').catch(() => '[]');
  const digests = new Set(JSON.parse(text) as string[]);
  return { includes: user => digests.has(digest(user)) };
}

export async function rememberUsers(dir: string, users: readonly BrokerUser[]): Promise<void> {
  const text = await readFile(join(dir, fileName), 'utf8').catch(() => '[]');
  const digests = new Set([...(JSON.parse(text) as string[]), ...users.map(digest)]);
  await writeFile(join(dir, fileName), JSON.stringify([...digests]), { mode: 0o600 });
}

/**
 * Creates a SCRAM user or sets its password through the broker's own admin tool, which kafkajs cannot: one JVM
 * start. Passwords travel in files of mode 0600 below `workDir`, never on a command line.
 * Raised when the tool refuses: {@link brokerUserRefused}.
 */
export async function setBrokerUser(
  libsDir: string,
  workDir: string,
  connection: BrokerConnection,
  user: BrokerUser,
): Promise<void> {
  const login = join(workDir, 'admin-client.properties');
  const change = join(workDir, 'user-change.properties');
  await writeFile(login, clientProperties(connection), { mode: 0o600 });
  await writeFile(change, `SCRAM-SHA-512=password=${user.password}\n`, { mode: 0o600 });
  try {
    await brokerTool(libsDir, 'kafka.admin.ConfigCommand', [
      ...['--bootstrap-server', connection.brokers.join(','), '--command-config', login],
      ...['--alter', '--entity-type', 'users', '--entity-name', user.name, '--add-config-file', change],
    ]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown';
    throw brokerUserRefused({ user: user.name, reason }, cause);
  } finally {
    await rm(login, { force: true });
    await rm(change, { force: true });
  }
}

function clientProperties(connection: BrokerConnection): string {
  const login = `required username="${connection.username ?? ''}" password="${connection.password ?? ''}";`;
  return [
    'security.protocol=SASL_PLAINTEXT',
    'sasl.mechanism=SCRAM-SHA-512',
    `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule ${login}`,
    '',
  ].join('\n');
}
