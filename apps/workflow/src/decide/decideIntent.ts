import { defineError, derivedId } from '@anamnesis/contracts';
import {
  caseKey,
  decideCause,
  decideCommand,
  decideTimer,
  type CaseState,
  type ProcessDecision,
  type ProcessDefinition,
} from '@anamnesis/process';
import type { Definitions } from '../definitions.js';
import type { CaseBook } from './caseBook.js';
import { caseIdOf, causeOf, type Intent } from './intent.js';

/** Raised when a running case names a definition that this version does not carry: definitions are never removed. */
export const definitionMissing = defineError(
  'ANM_PROCESS_DEFINITION_MISSING',
  'stop',
  (f: { definition: string; hash: string }) =>
    `A running case needs version ${f.hash.slice(0, 12)} of process ${f.definition}, which this version does not carry: put its file back`,
);

export interface DecideContext {
  readonly definitions: Definitions;
  readonly idKey: Uint8Array;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Whose role may act on any task. */
const supervisors = ['operator'];

function definitionOf(
  { definition, definitionHash }: CaseState,
  definitions: Definitions,
): ProcessDefinition {
  const found = definitions.byHash(definitionHash);
  if (!found) throw definitionMissing({ definition, hash: definitionHash });
  return found;
}

/** One intent, one decision: a cause that opens several processes is accepted when one of them accepts it. */
function together(decisions: readonly ProcessDecision[]): ProcessDecision {
  const leading =
    decisions.find(one => one.outcome === 'accepted') ??
    decisions.find(one => one.outcome === 'rejected') ??
    decisions[0];
  if (!leading) return { outcome: 'unchanged', code: 'no-process', facts: [] };
  return { ...leading, facts: decisions.flatMap(one => one.facts) };
}

/**
 * Decides one intent against the cases of its tenant.
 * Raised when a case runs a definition that is not here: {@link definitionMissing}.
 */
export function decideIntent(book: CaseBook, intent: Intent, context: DecideContext): ProcessDecision {
  const { definitions, idKey, now } = context;
  const taskId = (caseId: string, node: string, ordinal: number): string =>
    derivedId(idKey, 'task', [caseId, node, String(ordinal)]);
  switch (intent.kind) {
    case 'unreadable':
      return { outcome: 'rejected', code: intent.code, facts: [] };
    case 'cause': {
      const cause = causeOf(intent.payload);
      return together(
        definitions.triggeredBy(intent.payload.cause).map(definition => {
          const key = caseKey(definition, cause.fields) ?? '';
          const caseId = caseIdOf(idKey, definition, key, cause.causeEventId);
          const open = book.open(definition.name, key);
          const itemKnown = open !== undefined && book.counts(open.caseId, cause.itemId ?? '');
          return decideCause(definition, { earlier: book.byId(caseId), open, itemKnown }, cause, {
            caseId,
            now,
            taskId,
          });
        }),
      );
    }
    case 'command': {
      const state = book.byTask(intent.payload.task);
      if (!state) return { outcome: 'rejected', code: 'task-unknown', facts: [] };
      return decideCommand(definitionOf(state, definitions), state, intent.payload, {
        now,
        taskId,
        supervisors,
      });
    }
    case 'timer': {
      const state = book.byId(intent.payload.caseId);
      if (!state) return { outcome: 'unchanged', code: 'timer-closed', facts: [] };
      return decideTimer(definitionOf(state, definitions), state, intent.payload, { now, taskId });
    }
  }
}
