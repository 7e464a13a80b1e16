import type { EventAttributes } from '@anamnesis/contracts';
import { keyFor, type DataKey, type Keyring } from '@anamnesis/keys';

/** Finds the key under which something that follows from a cause is sealed. */
export type KeyOfCause = (cause: EventAttributes, eventId: string) => DataKey | undefined;

/**
 * The keys of a batch of causes: what follows from an event is sealed under the same key, so that erasing a record
 * reaches it. A tenant's shared key is derived anew for each event. Undefined when the cause was in clear, or is
 * erased.
 */
export async function keysOf(causes: readonly EventAttributes[], keyring: Keyring): Promise<KeyOfCause> {
  const asked = causes.flatMap(({ tenant, keyId, id }) =>
    keyId === undefined ? [] : [{ tenant, keyId, eventId: id }],
  );
  const keys = asked.length === 0 ? new Map<string, DataKey | 'erased'>() : await keyring.forOpening(asked);
  return ({ tenant, keyId, id }, eventId) => {
    if (keyId === undefined) return undefined;
    const key = keyFor(keys, keyId, id);
    if (key === undefined || key === 'erased') return undefined;
    return key.id.startsWith('shared.') ? keyring.shared(tenant, eventId) : key;
  };
}
