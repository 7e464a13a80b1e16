import type { Permit } from '@anamnesis/service';

/**
 * Looks up and records before it answers: what was shown, or, when there is nothing to show, that somebody asked.
 * Raised when the access cannot be made durable (`ANM_AUDIT_UNAVAILABLE`), and whatever the lookup raises.
 */
export async function recorded<T>(
  permit: Permit,
  lookup: () => Promise<T>,
  hits: (found: T) => readonly string[],
): Promise<T> {
  let found: T;
  try {
    found = await lookup();
  } catch (error) {
    await permit.record([]);
    throw error;
  }
  await permit.record(hits(found));
  return found;
}
