import type { RecordsDecidedV1 } from '@anamnesis/contracts';

/** A FHIR R4 resource as plain data. */
export type Resource = Readonly<Record<string, unknown>>;

/** What is stored of a resource's current version, as far as decisions look at it. */
export interface StoredResource {
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  /** Position of the decision that wrote the current version. */
  readonly seq: number;
  /** Position of the decision that created the resource; it never changes, so pages can be cut by it. */
  readonly born: number;
  /** srid of the source record that the resource is about; empty for shared resources. */
  readonly subject: string;
  /** Epoch milliseconds by which newer wins; undefined when no sender stated a time. */
  readonly effective?: number;
  /** Higher is more final. */
  readonly rank?: number;
  /** Keyed hash of the content without the server's own meta elements. */
  readonly bodyHash: string;
  /** Loaded only where a decision needs content: Patients, and what an API client wants to change. */
  readonly body?: Resource;
}

/** Everything that the decisions of one batch look at. Keys are made by {@link keyOf}. */
export interface RecordsState {
  readonly current: Map<string, StoredResource>;
  /** Replaced source record -> its direct survivor; keys by {@link recordKey}. */
  readonly merged: Map<string, string>;
  /** Part numbers already decided of a message that is not complete; keys by {@link recordKey}. */
  readonly pending: Map<string, ReadonlySet<number>>;
}

export function emptyState(): RecordsState {
  return { current: new Map(), merged: new Map(), pending: new Map() };
}

export const keyOf = (tenant: string, type: string, id: string): string => `${tenant} ${type} ${id}`;
export const recordKey = (tenant: string, id: string): string => `${tenant} ${id}`;

/** What a decision may use beside state and intent: nothing here is read from a clock or a generator. */
export interface DecisionContext {
  readonly tenant: string;
  readonly idKey: Uint8Array;
  readonly intentId: string;
  readonly correlationId: string;
  /** Position of this decision in its shard. */
  readonly seq: number;
  /** Append time of the intent, epoch milliseconds. */
  readonly appended: number;
  /** `meta.lastUpdated`: never before the previous decision of the shard. Epoch milliseconds. */
  readonly time: number;
}

export type DecidedResult = RecordsDecidedV1['results'][number];
export type DecidedRead = RecordsDecidedV1['reads'][number];

/** A failure that becomes somebody's work; no patient data. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly reason: string;
}

/** Every reason for which the record refuses an intent. */
export type RejectionCode =
  | 'wrong-patient'
  | 'merge-cycle'
  | 'merge-conflict'
  | 'identity-class-unsupported'
  | 'undecodable'
  | 'erased'
  | 'unknown-id'
  | 'unknown-patient'
  | 'version-conflict'
  | 'feed-owned'
  | 'subject-changed';

export interface Decision {
  readonly decided: RecordsDecidedV1;
  /** Which part of a message in several parts this was. */
  readonly part?: { readonly n: number; readonly of: number };
  readonly rejection?: Rejection;
}

export const decider = { name: 'records', version: 1 } as const;
