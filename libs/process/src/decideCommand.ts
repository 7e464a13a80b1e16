import { dueTimer, type CaseState, type ProcessFact, type TaskState } from './caseState.js';
import { accepted, rejected, unchanged, type ProcessDecision } from './decision.js';
import type { ProcessDefinition } from './definition.js';
import { enterNode, entryOf, type Entry } from './enterNode.js';

/** A person acts on a task. */
export interface Command {
  readonly command: 'claim' | 'release' | 'complete';
  readonly task: string;
  readonly actor: { readonly sub: string; readonly roles: readonly string[] };
  /** Version of the task that the person saw. */
  readonly ifMatch?: number;
  readonly note?: string;
}

export interface CommandContext extends Pick<Entry, 'now' | 'taskId'> {
  /** Roles that may act on a task of any owner role. */
  readonly supervisors: readonly string[];
}

function holds(roles: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some(role => roles.includes(role));
}

function claim({ caseId }: CaseState, task: TaskState, { actor }: Command): ProcessDecision {
  if (task.status === 'ready')
    return accepted([{ fact: 'task-claimed', task: task.task, caseId, by: actor.sub }]);
  return task.owner === actor.sub ? unchanged('already-yours') : rejected('already-claimed');
}

function release(
  { caseId }: CaseState,
  task: TaskState,
  { actor }: Command,
  supervises: boolean,
): ProcessDecision {
  if (task.status === 'ready') return unchanged('not-claimed');
  if (task.owner !== actor.sub && !supervises) return rejected('not-owner');
  return accepted([{ fact: 'task-released', task: task.task, caseId, by: actor.sub }]);
}

function complete(
  definition: ProcessDefinition,
  state: CaseState,
  task: TaskState,
  { actor, note }: Command,
  { supervises, ...context }: Pick<Entry, 'now' | 'taskId'> & { supervises: boolean },
): ProcessDecision {
  if (task.status === 'ready') return rejected('not-claimed');
  if (task.owner !== actor.sub && !supervises) return rejected('not-owner');
  const node = definition.nodes[task.node];
  const next = node?.type === 'task' ? node.next : '';
  const entered = enterNode(definition, next, entryOf(state, context));
  if (!entered) return rejected('cause-incomplete');
  const { caseId } = state;
  const clock = state.timers.find(one => one.timer === dueTimer(task.node) && one.status === 'scheduled');
  const stopped: ProcessFact[] = clock
    ? [
        {
          fact: 'timer-cancelled',
          caseId,
          timer: clock.timer,
          timerSeq: clock.timerSeq,
          reason: 'task-completed',
        },
      ]
    : [];
  return accepted([
    {
      fact: 'task-completed',
      task: task.task,
      caseId,
      by: actor.sub,
      ...(note === undefined ? {} : { note }),
    },
    ...stopped,
    ...entered,
  ]);
}

/**
 * Decides a command on a task of `state`. Exactly one of several claims wins: the first in the log; every later one
 * meets another version or another owner. Only the owner role, or a supervisor, may act.
 */
export function decideCommand(
  definition: ProcessDefinition,
  state: CaseState,
  command: Command,
  { supervisors, ...context }: CommandContext,
): ProcessDecision {
  const task = state.tasks.find(one => one.task === command.task);
  if (!task) return rejected('task-unknown');
  const supervises = holds(command.actor.roles, supervisors);
  if (!supervises && !holds(command.actor.roles, [task.ownerRole])) return rejected('role-missing');
  if (command.ifMatch !== undefined && command.ifMatch !== task.version) return rejected('version-conflict');
  if (task.status === 'completed') return rejected('task-closed');
  switch (command.command) {
    case 'claim':
      return claim(state, task, command);
    case 'release':
      return release(state, task, command, supervises);
    case 'complete':
      return complete(definition, state, task, command, { supervises, ...context });
  }
}
