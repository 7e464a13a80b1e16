import { join } from 'node:path';
import { checkout } from './home.js';

/** A process of the stack that is ours: `apps/<name>`. */
export interface ServiceSpec {
  readonly name: string;
  /** Added to the port base. */
  readonly portOffset: number;
  /** Has a broker user, and a database and role `anm_<name>`. */
  readonly onTheLog: boolean;
}

/** Every process of ours, in the order in which they are listed to people. */
export const services: readonly ServiceSpec[] = [
  { name: 'gateway', portOffset: 1, onTheLog: true },
  { name: 'translation', portOffset: 2, onTheLog: true },
  { name: 'identity', portOffset: 3, onTheLog: true },
  { name: 'records', portOffset: 4, onTheLog: true },
  { name: 'workflow', portOffset: 5, onTheLog: true },
  { name: 'audit', portOffset: 6, onTheLog: true },
  { name: 'idp', portOffset: 0, onTheLog: false },
  { name: 'simulator', portOffset: 7, onTheLog: false },
];

export const simulator = 'simulator';
export const postgresPortOffset = 32;
export const brokerPortOffset = 92;
export const controllerPortOffset = 93;

/** Servers that are not ours, as they are named in records, logs and on screen. */
export const kafka = 'kafka';
export const postgres = 'postgres';

/** Names that have a log and may be running, servers first. */
export const everyProcess: readonly string[] = [kafka, postgres, ...services.map(service => service.name)];

/**
 * Who stops together with whom, in the order of the data: senders first, then what they feed, the ledger of
 * everything after all that it records, the stores last.
 */
export const stopOrder: readonly (readonly string[])[] = [
  ['simulator'],
  ['gateway'],
  ['translation', 'records', 'identity', 'workflow'],
  ['audit', 'idp'],
  ['postgres'],
  ['kafka'],
];

/** Tenants of the embedded cell, with their shards. */
export const tenants = [
  { name: 'demo', shard: 0 },
  { name: 'north', shard: 1 },
] as const;

export function serviceNamed(name: string): ServiceSpec | undefined {
  return services.find(service => service.name === name);
}

/** The compiled entry of a service. */
export function entryOf(service: ServiceSpec): string {
  return join(checkout, 'apps', service.name, 'dist', 'main.js');
}

/** Folder of a service's SQL migrations, as the build copies them. */
export function migrationsOf(service: ServiceSpec): string {
  return join(checkout, 'apps', service.name, 'dist', 'migrations');
}
