import type { HttpService, Session } from '@anamnesis/client';

interface CommittedBatch {
  readonly processor: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
  readonly at: number;
}

/** The commits of one service while the benchmark runs, collected from `GET /progress`. */
export interface CommitWatch {
  /** When everything below and including the offset had taken effect; undefined when it has not yet. */
  committedAt(topic: string, partition: number, offset: number): number | undefined;
  /** Asks for what came since. */
  collect(): Promise<void>;
}

export function watchCommits(session: Session, service: HttpService, processor: string): CommitWatch {
  let since = Date.now();
  const byPartition = new Map<string, CommittedBatch[]>();
  return {
    async collect() {
      const { status, body } = await session.call(service, `/progress?since=${since}`);
      if (status !== 200) throw new Error(`${service} answered ${status} to /progress`);
      const { commits } = body as { commits: CommittedBatch[] };
      for (const commit of commits) {
        since = Math.max(since, commit.at);
        if (commit.processor !== processor) continue;
        const slot = `${commit.topic} ${commit.partition}`;
        const list = byPartition.get(slot) ?? [];
        byPartition.set(slot, list);
        list.push(commit);
      }
    },
    committedAt(topic, partition, offset) {
      const list = byPartition.get(`${topic} ${partition}`) ?? [];
      let low = 0;
      let high = list.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((list[middle]?.next ?? 0) > offset) high = middle;
        else low = middle + 1;
      }
      return list[low]?.at;
    },
  };
}
