import type { LineageEntry } from '@anamnesis/mapping';
import { fieldNotFromMessage, pathAmbiguous } from '../errors.js';
import type { VersionRow } from '../store/outcomeStore.js';
import { meantPaths, sameValue, valueAt } from './elementPath.js';
import type { Verified } from './retranslate.js';

/** The version whose message gave a field its value. */
export interface FieldOrigin {
  readonly version: VersionRow;
  readonly eventId: string;
  readonly entry: LineageEntry;
  readonly verified: Verified;
}

export interface OriginQuestion {
  readonly type: string;
  readonly id: string;
  readonly path: string;
  /** Newest first; the first is the version asked about. */
  readonly versions: readonly VersionRow[];
  /** The message that a version was decided from, translated again; undefined for a write through the API. */
  readonly messageOf: (version: VersionRow) => Promise<{ eventId: string; verified: Verified } | undefined>;
}

/**
 * A Patient keeps what a sparse message does not send, so a version without the element says nothing about it. Other
 * resources are replaced whole.
 */
const mergedTypes = new Set(['Patient']);

function pathIn(verified: Verified, prefix: string, wanted: string): string | undefined {
  const paths = verified.translation.lineage
    .filter(({ target }) => target.startsWith(prefix))
    .map(({ target }) => target.slice(prefix.length));
  const meant = meantPaths(paths, wanted);
  if (meant.length > 1) throw pathAmbiguous({ path: wanted, candidates: meant });
  return meant[0];
}

/**
 * A field's origin is the message of the last version in which its value changed (blueprint §6). Nothing about fields
 * is stored: the messages of the versions are translated again, newest first, until the value was another one.
 * A version written through the API ends the search: what lies before it is not this value's history.
 * Raised when no message wrote the element ({@link fieldNotFromMessage}), when the path names several
 * ({@link pathAmbiguous}), and by translating again.
 */
export async function fieldOrigin(question: OriginQuestion): Promise<FieldOrigin> {
  const { type, id, versions, messageOf } = question;
  const prefix = `${type}/${id}.`;
  let path = question.path;
  let found: (FieldOrigin & { readonly value: unknown }) | undefined;
  for (const version of versions) {
    const message = await messageOf(version);
    if (!message) break;
    const { verified, eventId } = message;
    if (!found) path = pathIn(verified, prefix, path) ?? path;
    const entry = verified.translation.lineage.find(({ target }) => target === prefix + path);
    if (!entry) {
      if (mergedTypes.has(type)) continue;
      break;
    }
    const written = verified.translation.payload.resources.find(one => one.type === type && one.id === id);
    const value = valueAt(written?.resource, path);
    if (found && !sameValue(found.value, value)) break;
    found = { version, eventId, entry, verified, value };
  }
  if (!found) throw fieldNotFromMessage({ type, path: question.path });
  return found;
}
