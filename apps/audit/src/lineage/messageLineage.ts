import type { HopRow } from '../store/hopStore.js';
import type { ExceptionRow, TaskRow } from '../store/outcomeStore.js';
import { causalDepth } from './chain.js';
import { decidedType, messageState, partOutcomes, receivedType } from './state.js';
import type { ExceptionView, HopView, MessageLineage, TaskView, WrittenResource } from './types.js';

export interface LineageFacts {
  readonly id: string;
  readonly hops: readonly HopRow[];
  readonly exceptions: readonly ExceptionRow[];
  readonly tasks: readonly TaskRow[];
  readonly resources: readonly WrittenResource[];
}

export function inOrder(hops: readonly HopRow[]): HopRow[] {
  const depth = causalDepth(hops);
  return [...hops].sort(
    (a, b) =>
      a.time - b.time ||
      (depth.get(a.eventId) ?? 0) - (depth.get(b.eventId) ?? 0) ||
      a.topic.localeCompare(b.topic) ||
      a.partition - b.partition ||
      a.offset - b.offset,
  );
}

function hopViews(hops: readonly HopRow[]): HopView[] {
  const byId = new Map(hops.map(hop => [hop.eventId, hop]));
  const next = new Map<string, number>();
  for (const { causationId, time } of hops)
    if (causationId !== null) next.set(causationId, Math.min(next.get(causationId) ?? Infinity, time));
  return hops.map(hop => {
    const until = next.get(hop.eventId);
    return {
      eventId: hop.eventId,
      type: hop.type,
      topic: hop.topic,
      partition: hop.partition,
      offset: hop.offset,
      time: new Date(hop.time).toISOString(),
      producer: hop.producer,
      causationId: hop.causationId ?? undefined,
      plan: hop.plan ?? undefined,
      hashIn: byId.get(hop.causationId ?? '')?.hash,
      hashOut: hop.hash,
      outputHash: hop.facts['outputhash'],
      lineageHash: hop.facts['lineagehash'],
      ruleSetHash: hop.facts['rulesethash'],
      outcome: hop.type === decidedType ? hop.facts['outcome'] : undefined,
      code: hop.type === decidedType ? hop.facts['code'] : undefined,
      bytes: hop.size,
      durationToNextMs: until === undefined ? undefined : until - hop.time,
      leaf: { partition: hop.logPartition, offset: hop.logOffset },
    };
  });
}

function taskView({ task, caseId, title, act, ownerRole, dueAt }: TaskRow): TaskView {
  return { task, caseId, title, act, ownerRole, dueAt };
}

function exceptionView(row: ExceptionRow, tasks: readonly TaskRow[]): ExceptionView {
  const task =
    tasks.find(({ itemId }) => itemId === row.itemId || itemId === row.eventId) ??
    tasks.find(({ ownerRole, act }) => ownerRole === row.ownerRole && act === row.act);
  return {
    code: row.code,
    category: row.category,
    ownerRole: row.ownerRole,
    act: row.act,
    reason: row.reason,
    itemId: row.itemId,
    group: row.group,
    raisedAt: row.raisedAt,
    place: row.place,
    task: task && taskView(task),
  };
}

/** Puts together what is known of one message. */
export function messageLineage(facts: LineageFacts): MessageLineage {
  const hops = inOrder(facts.hops);
  const received = hops.find(hop => hop.type === receivedType);
  const first = hops[0];
  const last = hops.at(-1);
  const refused = facts.exceptions.find(row => row.category === 'refused');
  const parts = partOutcomes(hops, facts.exceptions);
  const state = messageState(parts, facts.exceptions);
  // The record acts on all parts at the last one: earlier ones are done when the message is.
  const whilePending = state === 'recorded' ? 'recorded' : 'pending';
  const tasks = new Map(facts.tasks.map(row => [row.task, taskView(row)]));
  return {
    id: facts.id,
    interface: received?.facts['interface'] ?? refused?.interface ?? undefined,
    messageType: received?.facts['type'] ?? refused?.messageType ?? undefined,
    receivedAt: received ? new Date(received.time).toISOString() : refused?.raisedAt,
    state,
    parts: parts.map(part => ({ ...part, state: part.state === 'incomplete' ? whilePending : part.state })),
    hops: hopViews(hops),
    durationMs: first && last ? last.time - first.time : 0,
    resources: facts.resources,
    exceptions: facts.exceptions.map(row => exceptionView(row, facts.tasks)),
    tasks: [...tasks.values()],
  };
}
