/** The parts of the services' answers that the command line reads; audit and workflow document the whole. */

export interface MessageTask {
  readonly task: string;
  readonly title: string;
  readonly act: string;
  readonly ownerRole: string;
  readonly dueAt: string;
}

export interface MessageException {
  readonly code: string;
  readonly category: string;
  readonly ownerRole: string;
  readonly act: string;
  readonly reason: string;
  readonly itemId: string;
  readonly task?: MessageTask;
}

export interface WrittenResource {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly action: string;
}

export interface Hop {
  readonly eventId: string;
  readonly type: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly time: string;
  readonly producer: string;
  readonly plan?: string;
  readonly hashIn?: string;
  readonly hashOut: string;
  readonly outcome?: string;
  /** Of a decision that wrote nothing: why. */
  readonly code?: string;
  readonly durationToNextMs?: number;
  readonly leaf: { readonly partition: number; readonly offset: number };
}

export interface MessageLineage {
  readonly id: string;
  readonly interface?: string;
  readonly messageType?: string;
  readonly receivedAt?: string;
  readonly state: 'recorded' | 'exception' | 'pending' | 'refused';
  readonly hops: readonly Hop[];
  readonly durationMs: number;
  readonly resources: readonly WrittenResource[];
  readonly exceptions: readonly MessageException[];
  readonly tasks: readonly MessageTask[];
}

export interface SourceSpan {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text?: string;
}

export interface FieldEntry {
  readonly target: string;
  readonly rule: string;
  readonly map: string;
  readonly source: readonly SourceSpan[];
}
