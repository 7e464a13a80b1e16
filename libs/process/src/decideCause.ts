import type { CaseState } from './caseState.js';
import { accepted, rejected, unchanged, type ProcessDecision } from './decision.js';
import { choose, type CauseFields, type ProcessDefinition } from './definition.js';
import { enterNode, type Entry } from './enterNode.js';

/** Something that may open a case, or add an item to an open one. */
export interface Cause {
  readonly causeEventId: string;
  readonly srid?: string;
  readonly interface?: string;
  /** Present when cases of this process count what they stand for. */
  readonly itemId?: string;
  readonly fields: CauseFields;
}

export interface CauseContext extends Pick<Entry, 'now' | 'taskId'> {
  /** Id of the case that this cause opens; the same cause always gives the same id. */
  readonly caseId: string;
}

/** What is known when a cause is decided. */
export interface CauseState {
  /** The case that this very cause opened, open or closed. */
  readonly earlier?: CaseState;
  /** The open case of the key. */
  readonly open?: CaseState;
  /** True when the open case already counts this item. */
  readonly itemKnown: boolean;
}

/** The key under which one case is open at a time; undefined when the cause lacks what the key is made of. */
export function caseKey(definition: ProcessDefinition, fields: CauseFields): string | undefined {
  return choose(definition.trigger.key, fields);
}

/**
 * One case per key while it is open: the same cause again opens nothing, another cause of the same key adds its
 * item to the count.
 */
export function decideCause(
  definition: ProcessDefinition,
  state: CauseState,
  cause: Cause,
  context: CauseContext,
): ProcessDecision {
  const { itemId } = cause;
  const key = caseKey(definition, cause.fields);
  if (key === undefined) return rejected('cause-incomplete');
  if (state.earlier) return unchanged('same-cause');
  if (state.open) {
    if (itemId === undefined) return unchanged('case-open');
    if (state.itemKnown) return unchanged('same-item');
    const { caseId, count } = state.open;
    return accepted([{ fact: 'case-counted', caseId, count: count + 1, itemId }]);
  }
  const { caseId, now, taskId } = context;
  const entered = enterNode(definition, definition.start, {
    caseId,
    srid: cause.srid,
    interface: cause.interface,
    tasks: 0,
    timers: 0,
    fields: cause.fields,
    now,
    taskId,
  });
  if (!entered) return rejected('cause-incomplete');
  return accepted([
    {
      fact: 'case-opened',
      caseId,
      definition: definition.name,
      definitionHash: definition.hash,
      key,
      causeEventId: cause.causeEventId,
      ...(cause.srid === undefined ? {} : { srid: cause.srid }),
      ...(cause.interface === undefined ? {} : { interface: cause.interface }),
    },
    ...(itemId === undefined ? [] : [{ fact: 'case-counted' as const, caseId, count: 1, itemId }]),
    ...entered,
  ]);
}
