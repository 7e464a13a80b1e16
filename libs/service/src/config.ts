import { logLevels, type LogLevel } from '@anamnesis/telemetry';
import { brokerUsers, maxRecordBytes } from '@anamnesis/contracts';
import type { KafkaConnection } from '@anamnesis/event-log';
import { readEnvironment, type Environment } from './environment.js';
import { configInvalid } from './errors.js';

/** Everything a service is told from outside, checked once at start. Holds secrets: never log it whole. */
export interface ServiceConfig {
  readonly service: string;
  readonly http: { readonly host: string; readonly port: number; readonly maxBodyBytes: number };
  readonly kafka: KafkaConnection;
  readonly databaseUrl: string;
  readonly keysDatabaseUrl: string;
  readonly tenantSecretsFile: string;
  readonly oidc: {
    readonly audience: string;
    /** `typ` header that an access token must carry (RFC 9068: `at+jwt`). */
    readonly tokenType: string;
  };
  readonly logLevel: LogLevel;
  readonly otlpEndpoint: string | undefined;
}

/** A port of 0 lets the system choose: tests. */
const portRange = { least: 0, most: 65_535 };

/**
 * Reads and checks the environment of a service.
 * Raised when a variable is missing or wrong: `ANM_CONFIG_INVALID`, one sentence that names it.
 */
export function loadConfig(env: Environment): ServiceConfig {
  const read = readEnvironment(env);
  const service = read.text('SERVICE');
  if (!brokerUsers().includes(service))
    throw configInvalid({ variable: 'SERVICE', problem: `must be one of ${brokerUsers().join(', ')}` });
  const brokers = read.list('KAFKA_BROKERS');
  if (brokers.some(broker => !/^[^\s:]+:\d{1,5}$/.test(broker)))
    throw configInvalid({
      variable: 'KAFKA_BROKERS',
      problem: 'must be a comma list of host:port, for example 127.0.0.1:7792',
    });
  const username = read.optional('KAFKA_USERNAME');
  const password = read.optional('KAFKA_PASSWORD');
  if ((username === undefined) !== (password === undefined))
    throw configInvalid({
      variable: username === undefined ? 'KAFKA_USERNAME' : 'KAFKA_PASSWORD',
      problem: 'is missing: user name and password of the broker are set together or not at all',
    });
  const prefix = read.text('TOPIC_PREFIX', 'anm');
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(prefix))
    throw configInvalid({
      variable: 'TOPIC_PREFIX',
      problem: 'must be lower-case letters, digits and hyphens, at most 31',
    });
  return {
    service,
    http: {
      host: read.text('HTTP_HOST', '127.0.0.1'),
      port: read.whole('HTTP_PORT', portRange),
      maxBodyBytes: read.whole('HTTP_MAX_BODY_BYTES', {
        least: 1_024,
        most: maxRecordBytes,
        fallback: maxRecordBytes,
      }),
    },
    kafka: { brokers, clientId: service, prefix, ...(username === undefined ? {} : { username, password }) },
    databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    keysDatabaseUrl: read.url('KEYS_DATABASE_URL', ['postgres:', 'postgresql:']),
    tenantSecretsFile: read.text('TENANT_SECRETS_FILE'),
    oidc: {
      audience: read.text('OIDC_AUDIENCE', 'anamnesis'),
      tokenType: read.text('OIDC_TOKEN_TYPE', 'at+jwt'),
    },
    logLevel: read.oneOf('LOG_LEVEL', logLevels, 'info'),
    otlpEndpoint:
      read.optional('OTEL_EXPORTER_OTLP_ENDPOINT') === undefined
        ? undefined
        : read.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']),
  };
}
