import { createHash } from 'node:crypto';
import type { DataKey, Keyring } from '@anamnesis/keys';

/** A keyring without a store: the key of an owner is derived from its name. For tests alone. */
export function memoryKeys(): Keyring {
  const keyOf = (owner: string): DataKey => ({
    id: `${owner}.1`,
    key: createHash('sha256').update(owner).digest(),
  });
  return {
    shared: (tenant, eventId) => keyOf(`${tenant} ${eventId}`),
    forSealing: async owners => new Map(owners.map(({ owner }) => [owner, keyOf(owner)])),
    forOpening: async keys => new Map(keys.map(({ keyId }) => [keyId, keyOf(keyId.replace(/\.\d+$/, ''))])),
  };
}
