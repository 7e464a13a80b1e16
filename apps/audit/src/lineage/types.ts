/** Shapes that `GET /lineage/…` answers with; the documentation of the API's JSON. */

/** `refused`: answered AE or AR, not in the record. `pending`: no outcome yet, or parts still missing. */
export type MessageState = 'recorded' | 'exception' | 'pending' | 'refused';

/** One event on the way of a message. */
export interface HopView {
  readonly eventId: string;
  readonly type: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Append time at the broker, RFC 3339 with milliseconds. */
  readonly time: string;
  readonly producer: string;
  readonly causationId?: string;
  readonly plan?: string;
  /** SHA-256 (hex) of the bytes of the event that caused this one, as the log has them. */
  readonly hashIn?: string;
  /** SHA-256 (hex) of the bytes of this event, as the log has them. */
  readonly hashOut: string;
  /** Keyed hashes that translation recorded: of its output, of its field lineage, and the hash of the rules. */
  readonly outputHash?: string;
  readonly lineageHash?: string;
  readonly ruleSetHash?: string;
  /** Of a decision: accepted, unchanged, rejected, incomplete. */
  readonly outcome?: string;
  /** Of a decision that wrote nothing: why, for example older-than-current, same-content, wrong-patient. */
  readonly code?: string;
  readonly bytes: number;
  /** Until the first event that this one caused. */
  readonly durationToNextMs?: number;
  /** Leaf of the transparency log: partition and offset in audit.log. */
  readonly leaf: { readonly partition: number; readonly offset: number };
}

export interface TaskView {
  readonly task: string;
  readonly caseId: string;
  readonly title: string;
  readonly act: string;
  readonly ownerRole: string;
  readonly dueAt: string;
}

export interface ExceptionView {
  readonly code: string;
  readonly category: string;
  readonly ownerRole: string;
  readonly act: string;
  readonly reason: string;
  readonly itemId: string;
  readonly group: string;
  readonly raisedAt: string;
  /** Service, stage, and where known topic, partition, offset, segment, field, byte. */
  readonly place: Readonly<Record<string, unknown>>;
  readonly task?: TaskView;
}

export interface WrittenResource {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly action: string;
  readonly decidedAt: string;
}

export interface PartView {
  readonly eventId: string;
  readonly part: number;
  readonly of: number;
  readonly state: MessageState;
}

/** Answer of `GET /lineage/messages/{id}`. */
export interface MessageLineage {
  /** Id of the message: correlation id of all its events. */
  readonly id: string;
  readonly interface?: string;
  readonly messageType?: string;
  readonly receivedAt?: string;
  readonly state: MessageState;
  readonly parts: readonly PartView[];
  /** In order of append time, causes before effects. */
  readonly hops: readonly HopView[];
  /** From the first hop to the last, milliseconds. */
  readonly durationMs: number;
  readonly resources: readonly WrittenResource[];
  readonly exceptions: readonly ExceptionView[];
  readonly tasks: readonly TaskView[];
}

/** One element of the answer of `GET /lineage/messages?control=…`. */
export interface MessageCandidate {
  readonly id: string;
  readonly interface: string;
  readonly receivedAt: string;
  readonly messageType: string;
  readonly parts: number;
  readonly refused: boolean;
}

export interface SourceSpan {
  /** For example `PID-5[1].1`. */
  readonly path: string;
  /** Bytes of the message as received, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** The bytes as text; only with `reveal=true`, a purpose and the right to it. */
  readonly text?: string;
}

export interface HashPair {
  readonly output: string;
  readonly lineage: string;
}

/** Answer of `GET /lineage/resources/{type}/{id}?path=…`. */
export interface FieldLineage {
  /** `Observation/<id>.valueQuantity.value`. */
  readonly target: string;
  /** Version in which the value last changed, at or before the one asked for. */
  readonly version: number;
  readonly decidedAt: string;
  /** Event id of the received message (of its part). */
  readonly messageId: string;
  readonly correlationId: string;
  readonly interface: string;
  readonly plan: string;
  readonly rule: string;
  readonly map: string;
  readonly source: readonly SourceSpan[];
  readonly recordedHash: HashPair;
  readonly recomputedHash: HashPair;
  /** Always true: anything else is answered 409 `ANM_LINEAGE_MISMATCH`. */
  readonly verified: true;
}

export interface FieldEntry {
  readonly part: number;
  readonly target: string;
  readonly rule: string;
  readonly map: string;
  readonly source: readonly SourceSpan[];
}

/** Answer of `GET /lineage/messages/{id}/fields`. */
export interface MessageFields {
  readonly id: string;
  /** How many fields of the message's output have a rule and bytes. */
  readonly traced: number;
  readonly entries: readonly FieldEntry[];
  readonly verified: true;
}

/** Answer of `GET /lineage/messages/{id}/raw`. */
export interface RawMessage {
  readonly id: string;
  readonly interface: string;
  readonly receivedAt: string;
  readonly bytes: number;
  /** Keyed hash of the bytes as received; the gateway wrote the same into the header of the message. */
  readonly contentHash: string;
  readonly masked: boolean;
  readonly text: string;
  /** The bytes as received; only with `reveal=true`. */
  readonly base64?: string;
}
