/**
 * `ce_edgeseq` of the gateway's records, over all its topics: `incarnation:n`, n from 1 without holes. An append whose
 * outcome is unknown ends the incarnation, so a hole inside one always means a lost record.
 */
export interface EdgeSequence {
  next(): string;
  /** Ends the incarnation. */
  renew(): void;
}

export function createEdgeSequence(random: (size: number) => Buffer): EdgeSequence {
  const incarnate = (): string => random(8).toString('hex');
  let incarnation = incarnate();
  let n = 0;
  return {
    next() {
      n += 1;
      return `${incarnation}:${n}`;
    },
    renew() {
      incarnation = incarnate();
      n = 0;
    },
  };
}
