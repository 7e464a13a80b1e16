/** One committed batch: everything of the partition below `next` has taken effect at `at`. */
export interface CommittedBatch {
  readonly processor: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
  readonly records: number;
  /** Epoch milliseconds after the commit returned. */
  readonly at: number;
}

/** The newest committed batches of this process, for lag tools and the end-to-end benchmark. Bounded. */
export interface Progress {
  add(batch: CommittedBatch): void;
  since(at: number): CommittedBatch[];
}

export function createProgress(capacity = 20_000): Progress {
  let ring: CommittedBatch[] = [];
  return {
    add(batch) {
      ring.push(batch);
      if (ring.length > 2 * capacity) ring = ring.slice(-capacity);
    },
    since: at => ring.filter(batch => batch.at > at),
  };
}
