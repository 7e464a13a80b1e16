import { nodeWaiting, dueTimer, type CaseState } from './caseState.js';
import { accepted, rejected, unchanged, type ProcessDecision } from './decision.js';
import type { ProcessDefinition } from './definition.js';
import { instant, milliseconds } from './dueTime.js';
import { enterNode, entryOf, type Entry } from './enterNode.js';

export interface FiredTimer {
  readonly timer: string;
  readonly timerSeq: number;
  readonly dueAt: string;
}

/**
 * Decides what a firing means. A timer that fired before, was cancelled, or fires before its due time (the
 * scanner's clock was ahead) changes nothing; the scanner fires again. Late firing after downtime is normal.
 */
export function decideTimer(
  definition: ProcessDefinition,
  state: CaseState,
  fired: FiredTimer,
  context: Pick<Entry, 'now' | 'taskId'>,
): ProcessDecision {
  const timer = state.timers.find(one => one.timer === fired.timer && one.timerSeq === fired.timerSeq);
  if (timer?.status !== 'scheduled') return unchanged('timer-closed');
  if (context.now < milliseconds(timer.dueAt)) return unchanged('timer-early');
  const { caseId } = state;
  const waiting = nodeWaiting(timer.timer);
  if (waiting === undefined) {
    const task = state.tasks.find(one => dueTimer(one.node) === timer.timer && one.status !== 'completed');
    if (!task) return unchanged('timer-closed');
    const { dueAt } = timer;
    return accepted([
      { fact: 'task-overdue', task: task.task, caseId, dueAt, firedAt: instant(context.now) },
    ]);
  }
  const node = definition.nodes[waiting];
  const entered = node?.type === 'wait-timer' && enterNode(definition, node.next, entryOf(state, context));
  if (!entered) return rejected('cause-incomplete');
  const { timerSeq } = timer;
  return accepted([
    { fact: 'timer-cancelled', caseId, timer: timer.timer, timerSeq, reason: 'fired' },
    ...entered,
  ]);
}
