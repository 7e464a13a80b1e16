import { refusal, type Refusal } from './refusals.js';

/** What the rules below need to know of a message's header; the texts are those of the message. */
export interface ReceiptHeader {
  readonly controlId: string;
  readonly code: string;
  readonly trigger: string;
  readonly processingId: string;
  readonly version: string;
}

/** The part of an interface contract that decides about a receipt. */
export interface ReceiptContract {
  readonly accept: {
    readonly processingIds: readonly string[];
    readonly versions?: readonly string[];
    /** For example `ADT^A01`. */
    readonly triggers: readonly string[];
  };
  readonly dedupe: { readonly windowHours: number; readonly reuse: 'flag' | 'reject' };
}

/** An earlier receipt of the same interface under the same control id. */
export interface EarlierReceipt {
  /** Keyed hash of the bytes: tells a resend from a used control id. */
  readonly content: string;
  readonly attempt: number;
  readonly state: 'accepted' | 'failed' | 'refused';
  /** Numbers of the parts that are in the log, 1-based, and how many the message has; [] and 0 when refused. */
  readonly parts: readonly number[];
  readonly of: number;
  /** Append time, epoch milliseconds. */
  readonly at: number;
  /** Receipt time that the answer carried, RFC 3339. */
  readonly receivedAt: string;
}

export interface ReceiptFinding {
  readonly rule: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly source?: { readonly start: number; readonly end: number };
  readonly sourcePath?: string;
  readonly note: string;
}

export type ReceiptDecision =
  /** Append the parts that are not in the log yet as attempt `attempt`, then answer AA. */
  | {
      readonly kind: 'accept';
      readonly attempt: number;
      readonly present: readonly number[];
      readonly findings: readonly ReceiptFinding[];
      /** Receipt time of the same attempt when some of its parts are in the log already. */
      readonly receivedAt?: string;
    }
  /** Everything is in the log: the first answer again, nothing appended. */
  | { readonly kind: 'replay'; readonly attempt: number; readonly receivedAt: string }
  /** Answer AE or AR; the bytes go to the exceptions, not to the record. */
  | { readonly kind: 'refuse'; readonly attempt: number; readonly refusal: Refusal };

/** Why the bytes could not be read as a message. */
export type Unreadable = 'no-header' | 'undecodable' | 'too-large';

export interface ReceiptQuestion {
  readonly header: ReceiptHeader | Unreadable;
  readonly content: string;
  readonly contract: ReceiptContract;
  readonly earlier: readonly EarlierReceipt[];
  /** Epoch milliseconds. */
  readonly now: number;
}

const hourMs = 3_600_000;

/** The header rules in their order: MSH-9, MSH-11 and MSH-12 first, because they alone are an AR. */
function headerRefusal(header: ReceiptHeader, { accept }: ReceiptContract): Refusal | undefined {
  if (!header.code) return refusal('type-missing');
  const listed = accept.triggers.map(trigger => trigger.split('^', 2));
  if (!listed.some(([code]) => code === header.code)) return refusal('type-not-listed');
  if (!listed.some(([code, trigger]) => code === header.code && trigger === header.trigger))
    return refusal('trigger-not-listed');
  if (!header.processingId) return refusal('processing-id-missing');
  if (!accept.processingIds.includes(header.processingId)) return refusal('processing-id-not-accepted');
  if (accept.versions && !accept.versions.includes(header.version)) return refusal('version-not-accepted');
  if (!header.controlId) return refusal('control-id-missing');
  return undefined;
}

const reused: ReceiptFinding = {
  rule: 'control-id-reused',
  severity: 'warning',
  sourcePath: 'MSH-10',
  note: 'The interface accepted another message under this control id within its window',
};

/**
 * Decides what becomes of received bytes (original mode; HL7 v2.9 §2.9, table 0357).
 *
 * | what | answer | ERR-3 |
 * | --- | --- | --- |
 * | no MSH, unusable delimiters, nothing but blank lines | AE, empty MSA-2 | 100: a required segment is missing |
 * | past the interface's byte cap, or past the reader's limits | AE | 104: longer than can be handled |
 * | MSH-9 empty | AE | 101 |
 * | MSH-9.1 in no trigger of the contract | AR | 200 |
 * | MSH-9.2 not listed for that MSH-9.1 | AR | 201 |
 * | MSH-11 empty | AE | 101 |
 * | MSH-11 not accepted | AR | 202 |
 * | MSH-12 not accepted, where the contract restricts it | AR | 203 |
 * | MSH-10 empty | AE | 101 |
 * | control id in use for other bytes, contract says `reject` | AE | 205: duplicate key |
 * | control id in use for other bytes, contract says `flag` (the default) | AA, with a finding | |
 * | no usable patient id | AA: translation parks it for a registrar | |
 * | log, key store or database away | AR 207 or no answer, by contract (decided after this, by the receiver) | 207 |
 *
 * A message is a resend when interface, control id and bytes are equal within the window. A resend of what was
 * accepted gets the first answer and is not appended again; if only some of its parts are in the log, the others
 * are appended under the same attempt. A resend of what was refused, or accepted and then parked or rejected, is
 * the next attempt. AE says that the message must change, AR that this listener does not take it.
 */
export function decideReceipt({ header, content, contract, earlier, now }: ReceiptQuestion): ReceiptDecision {
  const same = earlier.filter(receipt => receipt.content === content);
  const last = same.reduce<EarlierReceipt | undefined>(
    (newest, receipt) => (newest && newest.attempt >= receipt.attempt ? newest : receipt),
    undefined,
  );
  const since = now - contract.dedupe.windowHours * hourMs;
  if (last?.state === 'accepted' && last.at >= since) {
    const { attempt, receivedAt, parts } = last;
    if (parts.length >= last.of) return { kind: 'replay', attempt, receivedAt };
    return { kind: 'accept', attempt, present: parts, findings: [], receivedAt };
  }
  const attempt = (last?.attempt ?? 0) + 1;
  const refuse = (why: Refusal): ReceiptDecision => ({ kind: 'refuse', attempt, refusal: why });
  if (typeof header === 'string') return refuse(refusal(header));
  const why = headerRefusal(header, contract);
  if (why) return refuse(why);
  const used = earlier.some(
    receipt => receipt.state !== 'refused' && receipt.content !== content && receipt.at >= since,
  );
  if (used && contract.dedupe.reuse === 'reject') return refuse(refusal('control-id-reused'));
  return { kind: 'accept', attempt, present: [], findings: used ? [reused] : [] };
}
