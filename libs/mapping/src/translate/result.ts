import type { MessageTranslatedV1 } from '@anamnesis/contracts';
import type { LineageEntry } from '../lineage/entry.js';

export type Finding = MessageTranslatedV1['findings'][number];

export interface TranslateArguments {
  /** The tenant's id key; never rotated (blueprint §4, "Id form"). */
  readonly idKey: Uint8Array;
  /** Id of the received message: ground of message-scoped ids. */
  readonly eventId: string;
  /** Which of the source records of the message this translation is about. */
  readonly part: { readonly n: number; readonly of: number; readonly srids: readonly string[] };
}

/**
 * Why a message is set aside. `undecodable`: the bytes are no HL7 v2 message. `no-map`: no map for its trigger.
 * `no-patient`: it has no PID. `unidentified-patient`: its PID names no patient that the contract knows.
 * `no-replaced-patient`: a merge whose MRG names none. `repeated-merge`: several merges in one message.
 * `part-mismatch`: the parts given are not those of the message.
 */
export type TranslationFailureCode =
  | 'undecodable'
  | 'no-map'
  | 'no-patient'
  | 'unidentified-patient'
  | 'no-replaced-patient'
  | 'repeated-merge'
  | 'part-mismatch';

/** What routing, exceptions and headers need of a message; empty strings where it does not say. */
export interface TranslatedHeader {
  readonly controlId: string;
  /** `ORU^R01`, or empty. */
  readonly messageType: string;
  readonly processingId: string;
  readonly version: string;
}

export interface Translation {
  readonly ok: true;
  readonly payload: MessageTranslatedV1;
  /** Built when first read, because most callers need its hash alone; a copy by spread lacks it. */
  readonly lineage: readonly LineageEntry[];
  /**
   * Keyed hash of the payload as JSON in the order in which translation writes it. The order is part of what a
   * translator version promises, and survives being parsed and written again, so the text is canonical without the
   * sorting that RFC 8785 asks for (a fifth of the time of a translation).
   */
  readonly outputHash: string;
  /** Keyed hash of the lineage in its canonical text. */
  readonly lineageHash: string;
  /** Public hash of the rules that were used. */
  readonly ruleSetHash: string;
  readonly header: TranslatedHeader;
}

export interface TranslationFailure {
  readonly ok: false;
  readonly code: TranslationFailureCode;
  /** For a person; holds no content of the message. */
  readonly reason: string;
  readonly position?: { readonly segment?: string; readonly field?: string; readonly byte?: number };
  readonly findings: readonly Finding[];
  readonly header: TranslatedHeader;
}

export type TranslationResult = Translation | TranslationFailure;
