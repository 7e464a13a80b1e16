import { defineError } from '@anamnesis/contracts';

/** Raised when no `java` can be run and an embedded broker is asked for. */
export const noJava = defineError(
  'ANM_NO_JAVA',
  'stop',
  () =>
    'The embedded Kafka broker needs Java 17 or newer and no "java" was found: install a JRE, set JAVA_HOME, or set KAFKA_BROKERS to use a broker of your own.',
);

/** Raised when the Java found is older than the broker's class files. */
export const javaTooOld = defineError(
  'ANM_JAVA_TOO_OLD',
  'stop',
  (f: { found: number }) =>
    `The embedded Kafka broker needs Java 17 or newer and found Java ${f.found}: set JAVA_HOME to a newer one, or set KAFKA_BROKERS to use a broker of your own.`,
);

/** Raised when the broker's jars were never fetched. */
export const noBrokerJars = defineError(
  'ANM_NO_BROKER_JARS',
  'stop',
  (f: { folder: string }) =>
    `The Kafka jars are missing in ${f.folder}: run ./anamnesis up once (it fetches them with Maven), or set ANAMNESIS_KAFKA_LIBS to a folder that holds them.`,
);

/** Raised when something else listens where a part of the stack wants to. */
export const portTaken = defineError(
  'ANM_PORT_TAKEN',
  'stop',
  (f: { port: number; asks: string; variable?: string }) =>
    `Port ${f.port}, wanted by ${f.asks}, is taken by another process: stop that process, or choose other ports with ${f.variable ?? 'ANAMNESIS_PORT_BASE'}.`,
);

/** Raised when a process we started ended, or stayed silent past its deadline. */
export const didNotStart = defineError(
  'ANM_DID_NOT_START',
  'stop',
  (f: { what: string; reason: string; log: string }) =>
    `${f.what} did not start (${f.reason}): see ${f.log}.`,
);

/** Raised when a broker that is not ours does not answer. */
export const brokerUnreachable = defineError(
  'ANM_BROKER_UNREACHABLE',
  'stop',
  (f: { bootstrap: string; reason: string }) =>
    `The Kafka broker at ${f.bootstrap} cannot be used (${f.reason}): check KAFKA_BROKERS, KAFKA_ADMIN_USERNAME and KAFKA_ADMIN_PASSWORD, or unset KAFKA_BROKERS to run the embedded broker.`,
);

/** Raised when a database server does not let us in. */
export const postgresUnreachable = defineError(
  'ANM_POSTGRES_UNREACHABLE',
  'stop',
  (f: { server: string; reason: string }) =>
    `Postgres at ${f.server} cannot be used (${f.reason}): check DATABASE_URL, or unset it to run the embedded server.`,
);

/** Raised when no unprivileged account exists and none can be made. */
export const noPostgresAccount = defineError(
  'ANM_NO_POSTGRES_ACCOUNT',
  'stop',
  () =>
    'Postgres does not run as root, and no account "postgres" exists or can be created: run as another user, or set DATABASE_URL to use a server of your own.',
);

/** Raised when an existing topic has another partition count than its contract: changing it would break key order. */
export const topicPartitions = defineError(
  'ANM_TOPIC_PARTITIONS',
  'stop',
  (f: { topic: string; found: number; expected: number }) =>
    `Topic ${f.topic} has ${f.found} partitions and its contract says ${f.expected}: partition counts never change, so use another TOPIC_PREFIX or start over with --fresh.`,
);

/** Raised when the admin tool of the broker refuses to create or change a user. */
export const brokerUserRefused = defineError(
  'ANM_BROKER_USER_REFUSED',
  'stop',
  (f: { user: string; reason: string }) =>
    `The broker user "${f.user}" could not be created or changed (${f.reason}): create it as SCRAM-SHA-512 user on the broker.`,
);
