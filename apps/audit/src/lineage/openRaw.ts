import type pg from 'pg';
import { checkPayload, type MessageReceivedV1 } from '@anamnesis/contracts';
import { keyFor, open, type Keyring } from '@anamnesis/keys';
import { messageErased, rawNotKept } from '../errors.js';
import { sealedRaw } from '../store/messageStore.js';

/** A received message opened again from the bytes that audit keeps. */
export interface OpenedMessage {
  readonly payload: MessageReceivedV1;
  /** The bytes as the sender's connection gave them. */
  readonly bytes: Buffer;
}

/**
 * Opens the kept bytes of a received message with its own key.
 * Raised when there are none ({@link rawNotKept}), or when the key was destroyed ({@link messageErased}).
 */
export async function openRaw(
  pool: pg.Pool,
  keyring: Keyring,
  tenant: string,
  eventId: string,
): Promise<OpenedMessage> {
  const kept = await sealedRaw(pool, tenant, eventId);
  if (!kept) throw rawNotKept({ messageId: eventId });
  let plain = kept.sealed;
  if (kept.keyId !== null) {
    const { keyId } = kept;
    const key = keyFor(await keyring.forOpening([{ tenant, keyId, eventId }]), keyId, eventId);
    if (key === 'erased' || key === undefined) throw messageErased({ messageId: eventId });
    plain = open(kept.sealed, key.key, { tenant, topic: kept.topic, type: kept.type, eventId, keyId });
  }
  const payload = checkPayload('message.received.v1', JSON.parse(plain.toString('utf8')), 'open');
  return { payload, bytes: Buffer.from(payload.raw, 'base64') };
}
