import type { TranslateArguments, Translation, TranslationResult } from '@anamnesis/mapping';
import { lineageMismatch, notTranslated, planMissing } from '../errors.js';
import type { HopRow } from '../store/hopStore.js';
import type { OpenedMessage } from './openRaw.js';
import type { HashPair } from './types.js';

/** Treats bytes under a plan. Raised when governance does not hold the plan: `ANM_PLAN_UNKNOWN`. */
export type TranslateUnderPlan = (
  bytes: Uint8Array,
  plan: string,
  args: TranslateArguments,
) => Promise<TranslationResult>;

/** A translation done again and found equal to the recorded one. */
export interface Verified {
  readonly translation: Translation;
  readonly message: OpenedMessage;
  readonly plan: string;
  readonly recorded: HashPair;
  readonly recomputed: HashPair;
}

const translatedType = 'message.translated.v1';

/** The newest translation that the log has of this part: a replay under another plan comes later. */
function translatedHop(hops: readonly HopRow[], receivedId: string): HopRow | undefined {
  return hops
    .filter(hop => hop.type === translatedType && hop.causationId === receivedId)
    .reduce<HopRow | undefined>(
      (newest, hop) => (newest && newest.time > hop.time ? newest : hop),
      undefined,
    );
}

/**
 * Translates a received message again under its plan and accepts the result only if output and lineage hash are the
 * recorded ones (blueprint §6, "Field lineage is a function").
 * Raised when they differ ({@link lineageMismatch}), when nothing was translated ({@link notTranslated}), or when the
 * message bears no plan ({@link planMissing}).
 */
export async function retranslate(
  received: { readonly eventId: string; readonly hops: readonly HopRow[]; readonly idKey: Uint8Array },
  message: OpenedMessage,
  translate: TranslateUnderPlan,
): Promise<Verified> {
  const { eventId, hops, idKey } = received;
  const { part } = message.payload;
  const hop = translatedHop(hops, eventId);
  const plan = hop?.plan ?? hops.find(one => one.eventId === eventId)?.plan;
  if (!plan) throw planMissing({ plan: '(none)' });
  const result = await translate(message.bytes, plan, { idKey, eventId, part });
  const recorded = {
    output: hop?.facts['outputhash'] ?? '',
    lineage: hop?.facts['lineagehash'] ?? '',
  };
  if (!result.ok) {
    if (hop) throw lineageMismatch({ messageId: eventId, part: part.n });
    throw notTranslated({ messageId: eventId, code: result.code });
  }
  if (!hop) throw notTranslated({ messageId: eventId, code: 'pending' });
  const recomputed = { output: result.outputHash, lineage: result.lineageHash };
  if (recomputed.output !== recorded.output || recomputed.lineage !== recorded.lineage)
    throw lineageMismatch({ messageId: eventId, part: part.n });
  return { translation: result, message, plan, recorded, recomputed };
}
