import type pg from 'pg';
import type { AppendedRecord, OutgoingRecord } from '@anamnesis/event-log';

export interface FlowControlOptions {
  readonly pool: pg.Pool;
  /** Processor whose cursor says what is decided. */
  readonly decider: string;
  readonly logTopic: string;
  readonly clock: () => number;
}

/** Keeps a feeder at most about a quarter second of work ahead of the decider, so an HTTP write never waits behind a bulk load. */
export interface FlowControl {
  /** Resolves when the partition of the log has room. */
  admit(partition: number, signal: AbortSignal): Promise<void>;
  appended(outputs: readonly OutgoingRecord[], appended: readonly AppendedRecord[]): void;
}

const aheadSeconds = 0.25;
const leastAhead = 200;
const askAgainMs = 20;

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

export function createFlowControl({ pool, decider, logTopic, clock }: FlowControlOptions): FlowControl {
  const ends = new Map<number, number>();
  const seen = new Map<number, { next: number; at: number; rate: number }>();

  const decided = async (partition: number): Promise<{ next: number; rate: number }> => {
    const { rows } = await pool.query<{ next: number }>(
      'SELECT next FROM cursor WHERE processor = $1 AND topic = $2 AND partition = $3',
      [decider, logTopic, partition],
    );
    const next = rows[0]?.next ?? 0;
    const at = clock();
    const before = seen.get(partition);
    if (before && at - before.at < 100) return { next, rate: before.rate };
    const rate =
      before && next > before.next ? ((next - before.next) * 1_000) / (at - before.at) : (before?.rate ?? 0);
    seen.set(partition, { next, at, rate });
    return { next, rate };
  };

  return {
    async admit(partition, signal) {
      const end = ends.get(partition);
      if (end === undefined || end - (seen.get(partition)?.next ?? 0) <= leastAhead) return;
      for (;;) {
        signal.throwIfAborted();
        const { next, rate } = await decided(partition);
        if (end - next <= Math.max(leastAhead, rate * aheadSeconds)) return;
        await sleep(askAgainMs);
      }
    },
    appended(outputs, appended) {
      outputs.forEach((output, at) => {
        if (output.topic === logTopic) ends.set(output.partition, (appended[at]?.offset ?? 0) + 1);
      });
    },
  };
}
