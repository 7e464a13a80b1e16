/**
 * Shapes of a tokenised HL7 v2 message. Offsets are byte offsets into the raw message as it was received
 * (a BOM or leading blank lines included), `end` exclusive: they are the ground of field lineage.
 */

/** Half-open byte range in the raw message. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Encoding characters as the message declares them in MSH-1 and MSH-2 (HL7 v2.9 §2.5.4). */
export interface Delimiters {
  readonly field: number;
  readonly component: number;
  readonly repetition: number;
  readonly escape: number | null;
  readonly subcomponent: number | null;
  /** v2.7 truncation character, when a fifth encoding character is declared. */
  readonly truncation: number | null;
}

/**
 * Where a value sits: all numbers are 1-based as the standard writes them (PID-3[2].4.1), `segment` is the
 * 0-based ordinal of the segment in the message.
 */
export interface Location {
  readonly segment: number;
  readonly field: number;
  readonly repetition: number;
  readonly component: number;
  readonly subcomponent: number;
}

/** `absent`: not sent, no change. `null`: the two quotes `""`, delete. `valued`: anything else. */
export type Presence = 'absent' | 'null' | 'valued';

/** A value read from the message: decoded and unescaped text, with the bytes that it came from. */
export interface Value {
  readonly text: string;
  readonly presence: Presence;
  readonly span: Span;
}

/** One source leaf: the smallest non-empty piece (sub-component, component or field) of the message. */
export interface Leaf {
  readonly location: Location;
  /** Canonical path as people write it, for example `OBX[3]-5[1].2` (`[n]` after the name: nth such segment, 1-based). */
  readonly path: string;
  readonly span: Span;
  readonly presence: Presence;
}

/** Something about the message worth telling; never carries content. */
export interface Hl7Finding {
  readonly rule: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly span?: Span;
  readonly path?: string;
  readonly note: string;
}
