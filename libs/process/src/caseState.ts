import type { WorkflowDecidedV1 } from '@anamnesis/contracts';

/** What a decision made true; the facts of `workflow.decided.v1`. */
export type ProcessFact = WorkflowDecidedV1['facts'][number];

export interface TaskState {
  readonly task: string;
  readonly node: string;
  readonly title: string;
  readonly act: string;
  readonly ownerRole: string;
  readonly dueAt: string;
  readonly status: 'ready' | 'claimed' | 'completed';
  readonly owner?: string;
  readonly overdue: boolean;
  readonly note?: string;
  /** Rises with every fact about the task, from 1; the version that If-Match names. */
  readonly version: number;
  readonly createdAt: string;
  readonly changedAt: string;
}

export interface TimerState {
  readonly timer: string;
  readonly timerSeq: number;
  readonly dueAt: string;
  readonly status: 'scheduled' | 'fired' | 'cancelled';
}

/** One run of a process. Built by {@link evolve} alone. */
export interface CaseState {
  readonly caseId: string;
  readonly definition: string;
  readonly definitionHash: string;
  readonly key: string;
  readonly srid?: string;
  readonly interface?: string;
  readonly causeEventId: string;
  readonly node?: string;
  readonly open: boolean;
  /** Items of a grouped case; 0 when the process does not count. */
  readonly count: number;
  /** Decisions taken in, from 1. */
  readonly version: number;
  readonly openedAt: string;
  /** Time of the last decision about this case. */
  readonly changedAt: string;
  readonly closedReason?: string;
  readonly tasks: readonly TaskState[];
  readonly timers: readonly TimerState[];
}

/** A task's clock and a wait are timers of the case under these names. */
export const dueTimer = (node: string): string => `due:${node}`;
export const waitTimer = (node: string): string => `wait:${node}`;

export function nodeWaiting(timer: string): string | undefined {
  return timer.startsWith('wait:') ? timer.slice('wait:'.length) : undefined;
}

function withTask(state: CaseState, task: string, change: Partial<TaskState>, at: string): CaseState {
  return {
    ...state,
    tasks: state.tasks.map(one =>
      one.task === task ? { ...one, ...change, version: one.version + 1, changedAt: at } : one,
    ),
  };
}

function withTimer(state: CaseState, timer: string, status: TimerState['status']): CaseState {
  return {
    ...state,
    timers: state.timers.map(one =>
      one.timer === timer && one.status === 'scheduled' ? { ...one, status } : one,
    ),
  };
}

function apply(state: CaseState, fact: Exclude<ProcessFact, { fact: 'case-opened' }>, at: string): CaseState {
  switch (fact.fact) {
    case 'case-counted':
      return { ...state, count: fact.count };
    case 'task-created':
      return {
        ...state,
        node: fact.node,
        tasks: [
          ...state.tasks,
          {
            task: fact.task,
            node: fact.node,
            title: fact.title,
            act: fact.act,
            ownerRole: fact.ownerRole,
            dueAt: fact.dueAt,
            status: 'ready',
            overdue: false,
            version: 1,
            createdAt: at,
            changedAt: at,
          },
        ],
      };
    case 'task-claimed':
      return withTask(state, fact.task, { status: 'claimed', owner: fact.by }, at);
    case 'task-released':
      return withTask(state, fact.task, { status: 'ready', owner: undefined }, at);
    case 'task-completed':
      return withTask(state, fact.task, { status: 'completed', owner: fact.by, note: fact.note }, at);
    case 'task-overdue': {
      const node = state.tasks.find(one => one.task === fact.task)?.node ?? '';
      return withTimer(withTask(state, fact.task, { overdue: true }, at), dueTimer(node), 'fired');
    }
    case 'timer-scheduled':
      return {
        ...state,
        node: nodeWaiting(fact.timer) ?? state.node,
        timers: [
          ...state.timers,
          { timer: fact.timer, timerSeq: fact.timerSeq, dueAt: fact.dueAt, status: 'scheduled' },
        ],
      };
    case 'timer-cancelled':
      return withTimer(state, fact.timer, fact.reason === 'fired' ? 'fired' : 'cancelled');
    case 'case-closed':
      return { ...state, open: false, node: undefined, closedReason: fact.reason };
  }
}

/**
 * Takes the facts of one decision about one case in. `at` is the time of the decision, RFC 3339.
 * Raised when facts about a case arrive before the case: a broken log, nothing that may be folded.
 */
export function evolve(state: CaseState | undefined, facts: readonly ProcessFact[], at: string): CaseState {
  let next = state && { ...state, version: state.version + 1, changedAt: at };
  for (const fact of facts)
    if (fact.fact === 'case-opened')
      next = {
        caseId: fact.caseId,
        definition: fact.definition,
        definitionHash: fact.definitionHash,
        key: fact.key,
        srid: fact.srid,
        interface: fact.interface,
        causeEventId: fact.causeEventId,
        open: true,
        count: 0,
        version: 1,
        openedAt: at,
        changedAt: at,
        tasks: [],
        timers: [],
      };
    else if (next) next = apply(next, fact, at);
    else throw new Error(`The fact ${fact.fact} of case ${fact.caseId} comes before the case was opened.`);
  if (!next) throw new Error('A case begins with the fact case-opened.');
  return next;
}
