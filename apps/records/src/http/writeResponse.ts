import { contentHash, type RecordsWriteRequestedV1 } from '@anamnesis/contracts';
import { canonicalText } from '../decide/content.js';

/** What the decision table keeps of a client's write: enough to answer it again, no content. */
export interface WriteResponse {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly action: 'created' | 'updated' | 'unchanged' | 'refused';
  readonly subject: string;
  readonly code?: string;
  readonly reason?: string;
  /** Keyed hash of the request: the same Idempotency-Key with another request is refused. */
  readonly request: string;
}

export function requestHash(
  idKey: Uint8Array,
  { interaction, type, id, ifMatch, resource }: RecordsWriteRequestedV1,
): string {
  return contentHash(
    idKey,
    canonicalText({ interaction, type, id: id ?? '', ifMatch: ifMatch ?? 0, resource }),
  );
}
