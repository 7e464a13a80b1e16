import {
  derivedId,
  type EventAttributes,
  type TimerFiredV1,
  type WorkflowCauseObservedV1,
  type WorkflowCommandRequestedV1,
} from '@anamnesis/contracts';
import type { IncomingRecord } from '@anamnesis/event-log';
import { caseKey, type Cause, type ProcessDefinition } from '@anamnesis/process';
import type { DecodedEvent } from '@anamnesis/processing';
import type { Definitions } from '../definitions.js';
import type { BookWanted } from './caseBook.js';

/** What lies in workflow's log, as its decider sees it. */
export type Intent = { readonly record: IncomingRecord; readonly attributes: EventAttributes } & (
  | { readonly kind: 'cause'; readonly payload: WorkflowCauseObservedV1 }
  | { readonly kind: 'command'; readonly payload: WorkflowCommandRequestedV1 }
  | { readonly kind: 'timer'; readonly payload: TimerFiredV1 }
  | { readonly kind: 'unreadable'; readonly code: 'erased' | 'undecodable' }
);

/** Undefined for a record without readable headers: nobody can be told, nothing can be derived from it. */
export function intentOf(decoded: DecodedEvent): Intent | undefined {
  if (!decoded.readable) {
    const { record, attributes, code } = decoded;
    return (
      attributes && { kind: 'unreadable', record, attributes, code: code === 'erased' ? code : 'undecodable' }
    );
  }
  const { record, attributes, payload } = decoded.event;
  switch (attributes.type) {
    case 'workflow.cause-observed.v1':
      return { kind: 'cause', record, attributes, payload: payload as WorkflowCauseObservedV1 };
    case 'workflow.command-requested.v1':
      return { kind: 'command', record, attributes, payload: payload as WorkflowCommandRequestedV1 };
    case 'timer.fired.v1':
      return { kind: 'timer', record, attributes, payload: payload as TimerFiredV1 };
    default:
      return { kind: 'unreadable', record, attributes, code: 'undecodable' };
  }
}

/** A cause as processes see it: plain fields, named as definitions name them. */
export function causeOf({ causeEventId, srid, interface: from, exception }: WorkflowCauseObservedV1): Cause {
  const { single, ...texts } = exception ?? { single: false };
  return {
    causeEventId,
    srid,
    interface: from,
    itemId: exception?.itemId,
    fields: { srid, interface: from, single: String(single), ...texts },
  };
}

export function caseIdOf(
  idKey: Uint8Array,
  { name }: ProcessDefinition,
  key: string,
  causeEventId: string,
): string {
  return derivedId(idKey, 'case', [name, key, causeEventId]);
}

/** Everything that a run of intents of one tenant may look at. */
export function wantedBy(
  intents: readonly Intent[],
  definitions: Definitions,
  idKey: Uint8Array,
): BookWanted {
  const caseIds: string[] = [];
  const tasks: string[] = [];
  const itemIds: string[] = [];
  const keys: { definition: string; key: string }[] = [];
  for (const intent of intents)
    if (intent.kind === 'command') tasks.push(intent.payload.task);
    else if (intent.kind === 'timer') caseIds.push(intent.payload.caseId);
    else if (intent.kind === 'cause') {
      const cause = causeOf(intent.payload);
      if (cause.itemId !== undefined) itemIds.push(cause.itemId);
      for (const definition of definitions.triggeredBy(intent.payload.cause)) {
        const key = caseKey(definition, cause.fields);
        if (key === undefined) continue;
        keys.push({ definition: definition.name, key });
        caseIds.push(caseIdOf(idKey, definition, key, cause.causeEventId));
      }
    }
  return { caseIds, tasks, keys, itemIds };
}
