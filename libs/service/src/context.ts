import type pg from 'pg';
import type { PolicySet } from '@anamnesis/consent';
import type { EventLogInspector, EventLogReader, EventLogWriter } from '@anamnesis/event-log';
import type { Keyring, RandomBytes } from '@anamnesis/keys';
import type { Progress } from '@anamnesis/processing';
import type { Logger, Metrics } from '@anamnesis/telemetry';
import type { AccessGate } from './access/accessGate.js';
import type { AccessLedger } from './access/accessLedger.js';
import type { ServiceConfig } from './config.js';
import type { Governance } from './governance.js';
import type { Tenants } from './tenants.js';

/** Everything that a service's own code is given: its rim, built once. Inject it with {@link SERVICE_CONTEXT}. */
export interface ServiceContext {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly tenants: Tenants;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly pool: pg.Pool;
  readonly keysPool: pg.Pool;
  readonly keyring: Keyring;
  readonly writer: EventLogWriter;
  readonly reader: EventLogReader;
  readonly inspector: EventLogInspector;
  readonly governance: Governance;
  readonly policySet: PolicySet;
  readonly ledger: AccessLedger;
  readonly access: AccessGate;
  readonly progress: Progress;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly random: RandomBytes;
}

export const SERVICE_CONTEXT = Symbol('service context');
