import { defineError } from '@anamnesis/contracts';

/** Raised when another `up`, `down` or `--fresh` works on the same stack. */
export const stackBusy = defineError(
  'ANM_STACK_BUSY',
  'stop',
  (f: { command: string; pid: number }) =>
    `Another "./anamnesis ${f.command}" (process ${f.pid}) is still at work on this stack: wait until it is done, or stop that process.`,
);

/** Raised when a service folder holds nothing that can be run. */
export const serviceNotBuilt = defineError(
  'ANM_SERVICE_NOT_BUILT',
  'stop',
  (f: { services: string }) =>
    `Not built: ${f.services} (apps/<name>/dist/main.js is missing): run "npm run build" and look at its first error.`,
);

/** Raised when a service ended, or was not ready within its time. */
export const serviceNotReady = defineError(
  'ANM_SERVICE_NOT_READY',
  'stop',
  (f: { service: string; reason: string; log: string }) =>
    `${f.service} did not become ready (${f.reason}): see ${f.log}; the rest keeps running, "./anamnesis down" stops it.`,
);

/** Raised when a foreign broker is named without an administrator to set it up with. */
export const brokerAdminMissing = defineError(
  'ANM_BROKER_ADMIN_MISSING',
  'stop',
  () =>
    'KAFKA_BROKERS names a broker of your own: set KAFKA_ADMIN_USERNAME and KAFKA_ADMIN_PASSWORD (SCRAM-SHA-512), which create topics, users and ACLs on it.',
);

/** Raised when someone asks for a service that does not exist. */
export const unknownService = defineError(
  'ANM_UNKNOWN_SERVICE',
  'stop',
  (f: { asked: string; known: string }) => `There is no service "${f.asked}": use one of ${f.known}.`,
);

/** Raised when a start is broken off by Ctrl-C. */
export const startInterrupted = defineError(
  'ANM_START_INTERRUPTED',
  'stop',
  () => 'The start was interrupted',
);

/** Raised when `--fresh` is asked for while the data is on servers that are not ours to empty. */
export const freshIsForeign = defineError(
  'ANM_FRESH_IS_FOREIGN',
  'stop',
  () =>
    '--fresh deletes the embedded servers only, and KAFKA_BROKERS or DATABASE_URL names your own: unset both, or empty those servers yourself',
);

/** Raised when someone asks for a tier of tests that does not exist. */
export const unknownTier = defineError(
  'ANM_UNKNOWN_TIER',
  'stop',
  (f: { asked: string; known: string }) =>
    `There is no tier "${f.asked}": use one of ${f.known}, or none for all`,
);
