/**
 * Where an event came from: the cause's topic, the topic's epoch (a re-created topic re-uses offsets), partition,
 * offset, and the index of this event among the outputs of that cause. Written as
 * `topic@epoch:partition:offset:index` in `ce_causeposition`; duplicates fall by it (blueprint §4).
 */
export interface CausePosition {
  readonly topic: string;
  readonly epoch: string;
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

export function formatCausePosition(p: CausePosition): string {
  return `${p.topic}@${p.epoch}:${p.partition}:${p.offset}:${p.index}`;
}

/** Undefined when the text is not a position: the caller parks the event, it never guesses. */
export function parseCausePosition(text: string): CausePosition | undefined {
  const match = /^([a-z0-9.-]+)@([a-z0-9]+):(\d+):(\d+):(\d+)$/.exec(text);
  if (!match) return undefined;
  const [, topic = '', epoch = '', partition, offset, index] = match;
  return { topic, epoch, partition: Number(partition), offset: Number(offset), index: Number(index) };
}
