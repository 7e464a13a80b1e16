import type { BrokerConnection, Secrets } from '@anamnesis/embedded';
import type { Home } from './home.js';
import type { ServiceSpec } from './services.js';

/** Where the servers of the stack are and how each service logs in to them. */
export interface Servers {
  /** Comma list. */
  readonly brokers: string;
  readonly prefix: string;
  /** Administrator's URL of the Postgres server. */
  readonly postgresAdminUrl: string;
}

/** Passed on as they are: how to run, never what to reach. Passwords of administrators stay here. */
const passedOn =
  /^(PATH|HOME|LANG|LC_[A-Z]+|TMPDIR|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|LOG_LEVEL|OTEL_\w+|MLLP_\w+|SIMULATOR_\w+|HTTP_MAX_BODY_BYTES|ANAMNESIS_PROFILE)$/;

/** User of a service on the broker: cells that share a broker keep apart. */
export function brokerUserOf(prefix: string, service: string): string {
  return `${prefix}.${service}`;
}

export function databaseOf(service: string): string {
  return `anm_${service}`;
}

export const keyDatabase = 'anm_keys';

/** The URL of one database for one role, on the administrator's server. */
export function databaseUrl(adminUrl: string, database: string, role: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = password;
  url.pathname = `/${database}`;
  return url.href;
}

/** A login of one service on the stack's broker. */
export function brokerConnection(servers: Servers, secrets: Secrets, service: string): BrokerConnection {
  return {
    brokers: servers.brokers.split(','),
    clientId: service,
    username: brokerUserOf(servers.prefix, service),
    password: secrets.broker.users[service] ?? '',
    prefix: servers.prefix,
  };
}

/**
 * The whole environment of one service: nothing is inherited but what says how to run, so that no service sees
 * the secrets of another, nor an administrator's.
 */
export function environmentOf(
  service: ServiceSpec,
  stack: { home: Home; servers: Servers; secrets: Secrets; env: NodeJS.ProcessEnv },
): Record<string, string> {
  const { home, secrets, env } = stack;
  const kept = Object.entries(env).filter(([name]) => passedOn.test(name)) as [string, string][];
  return {
    ...Object.fromEntries(kept),
    TZ: 'UTC',
    NODE_COMPILE_CACHE: `${home.folder}/compile-cache`,
    SERVICE: service.name,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(home.portBase + service.portOffset),
    OIDC_AUDIENCE: 'anamnesis',
    ...(service.onTheLog ? logVariables(service.name, stack) : {}),
    ...(service.name === 'idp'
      ? { IDP_USERS_FILE: secrets.files.IDP_USERS_FILE, IDP_KEYS_FILE: secrets.files.IDP_KEYS_FILE }
      : {}),
  };
}

function logVariables(name: string, stack: { servers: Servers; secrets: Secrets }): Record<string, string> {
  const { servers, secrets } = stack;
  const role = databaseOf(name);
  const password = secrets.postgres.roles[role] ?? '';
  return {
    KAFKA_BROKERS: servers.brokers,
    KAFKA_USERNAME: brokerUserOf(servers.prefix, name),
    KAFKA_PASSWORD: secrets.broker.users[name] ?? '',
    TOPIC_PREFIX: servers.prefix,
    DATABASE_URL: databaseUrl(servers.postgresAdminUrl, role, role, password),
    KEYS_DATABASE_URL: databaseUrl(servers.postgresAdminUrl, keyDatabase, role, password),
    TENANT_SECRETS_FILE: secrets.files.TENANT_SECRETS_FILE,
  };
}
