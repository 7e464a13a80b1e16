import { acknowledge, type Message } from '@anamnesis/hl7v2';
import type { Refusal } from './refusals.js';

/** What the sender hears. `withheld`: nothing; it times out and sends again. */
export type ReceiptAnswer =
  | {
      readonly kind: 'answer';
      readonly code: 'AA' | 'AE' | 'AR';
      /** HL7 table 0357 code of a negative answer. */
      readonly condition?: number;
      /** The acknowledgement message, without MLLP framing. */
      readonly bytes: Uint8Array;
      /** Id of the message, of the refused receipt, or '' when nothing was stored. */
      readonly messageId: string;
    }
  | { readonly kind: 'withheld' };

const application = 'ANAMNESIS';

/** HL7 DTM of an instant, in UTC with its offset. */
export function timestampOf(instant: string): string {
  return `${instant.replace(/[-:TZ]/g, '').slice(0, 18)}+0000`;
}

/**
 * The original-mode acknowledgement. Its own control id and time are those of the receipt, so a resend of an accepted
 * message gets the same bytes again. MSH-10 holds 20 characters in every version.
 */
function acknowledgement(
  original: Message | null,
  messageId: string,
  receivedAt: string,
  answer: Parameters<typeof acknowledge>[1],
): Uint8Array {
  return acknowledge(original, answer, {
    controlId: messageId.slice(0, 20),
    timestamp: timestampOf(receivedAt),
    ...(original ? {} : { sendingApplication: application }),
  });
}

export function positive(original: Message | null, messageId: string, receivedAt: string): ReceiptAnswer {
  return {
    kind: 'answer',
    code: 'AA',
    bytes: acknowledgement(original, messageId, receivedAt, { code: 'AA' }),
    messageId,
  };
}

export function negative(
  original: Message | null,
  messageId: string,
  receivedAt: string,
  { code, condition, text, location }: Refusal,
): ReceiptAnswer {
  const error = { condition, text, location };
  return {
    kind: 'answer',
    code,
    condition,
    bytes: acknowledgement(original, messageId, receivedAt, { code, error }),
    messageId,
  };
}

/** The log, the key store or the database is away: by contract AR 207 (the same message may succeed later) or nothing. */
export function unavailable(
  original: Message | null,
  messageId: string,
  receivedAt: string,
  onUnavailable: 'withhold' | 'reject',
): ReceiptAnswer {
  if (onUnavailable === 'withhold') return { kind: 'withheld' };
  const text = 'This listener cannot store messages at the moment; send the same message again later';
  return {
    kind: 'answer',
    code: 'AR',
    condition: 207,
    bytes: acknowledgement(original, messageId, receivedAt, {
      code: 'AR',
      error: { condition: 207, text },
    }),
    messageId: '',
  };
}
