import { derivedId } from '@anamnesis/contracts';
import type { Message } from '@anamnesis/hl7v2';
import { sourceRecords, type InterfaceContract } from '@anamnesis/mapping';
import type { ReceiptFinding } from './decideReceipt.js';

/** The source records that a message names, and the key that seals it (blueprint §4, "Sealing"). */
export interface ReceiptSource {
  /** One per part. */
  readonly srids: readonly string[];
  /** The srid, or the message's id when it names several source records. */
  readonly owner: string;
  /** Source records with which the key is destroyed; empty when the owner is the source record itself. */
  readonly members: readonly string[];
  /** The source record when there is exactly one and the contract knows its authority. */
  readonly known?: string;
  readonly findings: readonly ReceiptFinding[];
}

/** A message without a usable patient id, and bytes that are no message, are a source record of their own. */
export function sourceOf(
  message: Message | null,
  contract: InterfaceContract,
  idKey: Uint8Array,
  messageId: string,
): ReceiptSource {
  if (!message) {
    const own = derivedId(idKey, 'unidentified', [messageId]);
    return { srids: [own], owner: own, members: [], findings: [] };
  }
  const { srids, findings, unidentified } = sourceRecords(message, contract, idKey, messageId);
  const [first = ''] = srids;
  if (srids.length > 1) return { srids, owner: messageId, members: srids, findings };
  return { srids, owner: first, members: [], ...(unidentified ? {} : { known: first }), findings };
}
