import type { EventAttributes } from '@anamnesis/contracts';

/**
 * High-water marks of one input partition: the highest position seen per producer, by which redelivered and
 * re-appended events fall (blueprint §4: by position, not by memory of ids). Stored in the cursor row.
 */
export type Marks = Readonly<Record<string, string>>;

export type MarkVerdict =
  | { readonly kind: 'new'; readonly marks: Marks }
  | { readonly kind: 'duplicate' }
  | {
      readonly kind: 'gap';
      readonly marks: Marks;
      readonly lane: string;
      readonly expected: number;
      readonly found: number;
    }
  | { readonly kind: 'unmarked' };

function laneVerdict(marks: Marks, lane: string, found: number): MarkVerdict {
  const slot = `lane ${lane}`;
  if (marks[slot] === undefined) return { kind: 'new', marks: { ...marks, [slot]: String(found) } };
  const seen = Number(marks[slot]);
  if (found <= seen) return { kind: 'duplicate' };
  const after = { ...marks, [slot]: String(found) };
  if (found !== seen + 1) return { kind: 'gap', marks: after, lane, expected: seen + 1, found };
  return { kind: 'new', marks: after };
}

/**
 * Whether an event was already taken, and the marks after taking it. A lane must arrive without holes, from the
 * first number that the topic still keeps; a cause position must rise. Events without either (the edge, HTTP intents) are `unmarked`: their own stores decide.
 */
export function mark(marks: Marks, attributes: EventAttributes): MarkVerdict {
  if (attributes.laneSeq !== undefined) return laneVerdict(marks, attributes.source, attributes.laneSeq);
  const position = attributes.causePosition;
  if (!position) return { kind: 'unmarked' };
  const slot = `cause ${attributes.source} ${position.topic} ${position.partition}`;
  const seen = marks[slot];
  if (seen !== undefined) {
    const [epoch, offset, index] = seen.split(' ');
    const behind =
      position.offset < Number(offset) ||
      (position.offset === Number(offset) && position.index <= Number(index));
    if (epoch === position.epoch && behind) return { kind: 'duplicate' };
  }
  return {
    kind: 'new',
    marks: { ...marks, [slot]: `${position.epoch} ${position.offset} ${position.index}` },
  };
}
