import { dueTimer, waitTimer, type CaseState, type ProcessFact } from './caseState.js';
import { choose, type CauseFields, type ProcessDefinition } from './definition.js';
import { dueTime, instant } from './dueTime.js';

/** Where a case stands when it moves on: enough of its state for the next facts. */
export interface Entry {
  readonly caseId: string;
  readonly srid?: string;
  readonly interface?: string;
  readonly tasks: number;
  readonly timers: number;
  /** Fields for the texts of the node. */
  readonly fields: CauseFields;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Id of the n-th task of the case. */
  readonly taskId: (caseId: string, node: string, ordinal: number) => string;
}

export function entryOf(
  state: CaseState,
  rest: Pick<Entry, 'now' | 'taskId'> & { fields?: CauseFields },
): Entry {
  return {
    caseId: state.caseId,
    srid: state.srid,
    interface: state.interface,
    tasks: state.tasks.length,
    timers: state.timers.length,
    fields: { srid: state.srid, interface: state.interface, key: state.key },
    ...rest,
  };
}

/** The facts of reaching a node, or undefined when its texts name a field that the cause lacks. */
export function enterNode(
  definition: ProcessDefinition,
  name: string,
  entry: Entry,
): ProcessFact[] | undefined {
  const node = definition.nodes[name];
  const { caseId, now, fields } = entry;
  if (!node || node.type === 'end') return [{ fact: 'case-closed', caseId, reason: node?.reason ?? 'end' }];
  const duration = choose(node.type === 'task' ? node.due : node.duration, fields);
  if (duration === undefined) return undefined;
  const dueAt = instant(dueTime(now, duration, definition.zone));
  const timerSeq = entry.timers + 1;
  if (node.type === 'wait-timer')
    return [{ fact: 'timer-scheduled', caseId, timer: waitTimer(name), dueAt, timerSeq }];
  const [title, act, ownerRole] = [node.title, node.act, node.ownerRole].map(text => choose(text, fields));
  if (title === undefined || act === undefined || ownerRole === undefined) return undefined;
  return [
    {
      fact: 'task-created',
      task: entry.taskId(caseId, name, entry.tasks + 1),
      caseId,
      node: name,
      title,
      act,
      ownerRole,
      dueAt,
      ...(entry.srid === undefined ? {} : { srid: entry.srid }),
      ...(entry.interface === undefined ? {} : { interface: entry.interface }),
    },
    { fact: 'timer-scheduled', caseId, timer: dueTimer(name), dueAt, timerSeq },
  ];
}
