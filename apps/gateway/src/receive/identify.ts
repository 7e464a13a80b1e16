import { createHash } from 'node:crypto';
import { contentHash, controlHash, derivedId } from '@anamnesis/contracts';

/** What tells one receipt from another at the edge. */
export interface ReceiptKey {
  readonly idKey: Uint8Array;
  readonly interfaceId: string;
  /** Empty when the bytes held none. */
  readonly controlId: string;
  readonly bytes: Uint8Array;
}

/** The ids that one receipt's events will have, whatever process makes them (blueprint §4). */
export interface ReceiptIds {
  /** Keyed hash of interface and control id. */
  readonly control: string;
  /** Keyed hash of the bytes. */
  readonly content: string;
  /** Id of the message: its only event, or what its parts share as `ce_correlationid`. */
  message(attempt: number): string;
  /** Event id of part `n` of `of`. */
  part(attempt: number, n: number, of: number): string;
}

export function receiptIds({ idKey, interfaceId, controlId, bytes }: ReceiptKey): ReceiptIds {
  const digest = createHash('sha256').update(bytes).digest();
  const made = new Map<string, string>();
  const idOf = (...rest: readonly string[]): string => {
    const slot = rest.join(' ');
    let id = made.get(slot);
    if (id === undefined) {
      id = derivedId(idKey, 'event', [interfaceId, controlId, digest, ...rest]);
      made.set(slot, id);
    }
    return id;
  };
  return {
    control: controlHash(idKey, interfaceId, controlId),
    content: contentHash(idKey, bytes),
    message: attempt => idOf(String(attempt)),
    part: (attempt, n, of) => (of === 1 ? idOf(String(attempt)) : idOf(String(attempt), String(n))),
  };
}
