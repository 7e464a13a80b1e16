import { defineError } from '@anamnesis/contracts';

/** Raised when the log did not take a record in bounded time; the record may still be in it. */
export const logUnavailable = defineError(
  'ANM_LOG_UNAVAILABLE',
  'retry',
  (f: { reason: string }) =>
    `The event log took no record (${f.reason}): check that the brokers answer and have enough in-sync replicas`,
);

/** Raised at start when the broker speaks none of the protocol versions that the client can. */
export const brokerUnreachable = defineError(
  'ANM_BROKER_UNREACHABLE',
  'stop',
  (f: { brokers: string; reason: string }) =>
    `No Kafka broker answers at ${f.brokers} (${f.reason}): check KAFKA_BROKERS and the user's password`,
);
