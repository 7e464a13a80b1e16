import { randomBytes } from 'node:crypto';
import { developmentPolicySet } from '@anamnesis/consent';
import { createKafkaInspector, createKafkaReader, createKafkaWriter } from '@anamnesis/event-log';
import type { EventLogInspector, EventLogReader, EventLogWriter } from '@anamnesis/event-log';
import { createKeyring, createPostgresKeyStore, pooledRandom, type RandomBytes } from '@anamnesis/keys';
import { createPool, createProgress } from '@anamnesis/processing';
import { createLogger, createMetrics, type Logger } from '@anamnesis/telemetry';
import { createAccessGate } from './access/accessGate.js';
import { createAccessLedger } from './access/accessLedger.js';
import { loadConfig } from './config.js';
import type { ServiceContext } from './context.js';
import type { Environment } from './environment.js';
import { configInvalid } from './errors.js';
import { createGovernance } from './governance.js';
import { loadTenants } from './tenants.js';

/** Replaces parts of the rim, for tests: a log in memory, a fixed clock, seeded randomness. */
export interface RimOverrides {
  readonly writer?: EventLogWriter;
  readonly reader?: EventLogReader;
  readonly inspector?: EventLogInspector;
  readonly logger?: Logger;
  readonly clock?: () => number;
  readonly random?: RandomBytes;
}

/**
 * Builds a service's rim from its environment. Nothing is connected yet: every part connects at its first use.
 * Raised when the environment is wrong: `ANM_CONFIG_INVALID`.
 */
export function createContext(name: string, env: Environment, rim: RimOverrides = {}): ServiceContext {
  const config = loadConfig({ SERVICE: name, ...env });
  if (config.service !== name)
    throw configInvalid({ variable: 'SERVICE', problem: `must be ${name} for this program` });
  const tenants = loadTenants(config.tenantSecretsFile);
  const clock = rim.clock ?? Date.now;
  const random = rim.random ?? pooledRandom(randomBytes);
  const logger = rim.logger ?? createLogger(name, { level: config.logLevel, clock });
  const metrics = createMetrics(name);
  const pool = createPool(config.databaseUrl, { applicationName: `anamnesis-${name}` });
  const keysPool = createPool(config.keysDatabaseUrl, { applicationName: `anamnesis-${name}-keys`, max: 4 });
  const writer = rim.writer ?? createKafkaWriter(config.kafka);
  const inspector = rim.inspector ?? createKafkaInspector(config.kafka);
  const policySet = developmentPolicySet();
  const ledger = createAccessLedger({ service: name, tenants, writer, clock, random });
  return {
    name,
    config,
    tenants,
    logger,
    metrics,
    pool,
    keysPool,
    keyring: createKeyring({
      store: createPostgresKeyStore(keysPool),
      masterKey(tenant) {
        const found = tenants.get(tenant);
        if (!found)
          throw configInvalid({ variable: 'TENANT_SECRETS_FILE', problem: `lacks the tenant ${tenant}` });
        return found.masterKey;
      },
      random,
    }),
    writer,
    reader: rim.reader ?? createKafkaReader(config.kafka),
    inspector,
    governance: createGovernance(inspector, name, clock),
    policySet,
    ledger,
    access: createAccessGate({ policySet, ledger, metrics }),
    progress: createProgress(),
    clock,
    random,
  };
}
