import { defineError } from '@anamnesis/contracts';

/** Raised when the key store does not answer: transient, nothing is known about the key. */
export const keyStoreUnavailable = defineError(
  'ANM_KEY_STORE_UNAVAILABLE',
  'retry',
  (f: { reason: string }) =>
    `The key store does not answer (${f.reason}): check KEYS_DATABASE_URL and that it is running`,
);

/** Raised when a key id was never issued by this key store: it is older than the log, or another cell's. */
export const keyUnknown = defineError(
  'ANM_KEY_UNKNOWN',
  'stop',
  (f: { keyId: string }) =>
    `Key ${f.keyId} is not in the key store: the store is older than the log, restore the newest backup`,
);

/** Raised when sealed bytes do not open: another key, topic, type or event id than they were sealed for. */
export const sealBroken = defineError(
  'ANM_SEAL_BROKEN',
  'park',
  (f: { keyId: string }) =>
    `Payload does not open under key ${f.keyId}: it was changed, or moved from another event`,
);
