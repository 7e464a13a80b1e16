import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@anamnesis/client';
import { hospitalDay, sendOpenLoop, type HospitalFeeds, type SentMessage } from '@anamnesis/simulation';
import { watchCommits, type CommitWatch } from './commits.js';
import { percentiles, type Percentiles } from './percentiles.js';
import { costOf, type ProcessCost } from './processCost.js';

export interface ChainOptions {
  readonly feeds: HospitalFeeds;
  /** As a user with the roles operator and auditor. */
  readonly session: Session;
  /** Messages per second, 70 % results and 30 % movements. */
  readonly rate: number;
  readonly seconds: number;
  readonly patients: number;
  readonly connections: number;
  readonly seed: number;
  /** Name and pid of each process of the stack. */
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  readonly onStage: (stage: string) => void;
}

export interface ChainResult {
  readonly offered: number;
  readonly sent: number;
  /** Messages per second over the time from the first intended send to the last answer. */
  readonly sustained: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Milliseconds from the intended send time to the answer. */
  readonly ack: Percentiles;
  /** Milliseconds from the intended send time to the last commit: version, link, task and last hop in audit. */
  readonly endToEnd: Percentiles;
  /** Messages whose last hop was not committed when the benchmark gave up waiting. */
  readonly unfinished: number;
  readonly cpuMsPerMessage: Readonly<Record<string, number>>;
  readonly cpuShare: number;
  readonly rssMb: Readonly<Record<string, number>>;
}

interface ListedHop {
  readonly correlationId: string;
  readonly topic: string;
  readonly leaf: { readonly partition: number; readonly offset: number };
}

const settleMs = 60_000;

async function costs(processes: ChainOptions['processes']): Promise<Map<string, ProcessCost>> {
  const found = new Map<string, ProcessCost>();
  for (const { name, pid } of processes) {
    const cost = await costOf(pid);
    if (cost) found.set(name, cost);
  }
  return found;
}

async function sendDay(
  options: ChainOptions,
  run: string,
  rate: number,
  count: number,
  registered: boolean,
): Promise<SentMessage[]> {
  const sent: SentMessage[] = [];
  const day = hospitalDay({
    feeds: [options.feeds],
    seed: options.seed,
    rate,
    count,
    patients: options.patients,
    registered,
    run,
    clock: Date.now,
  });
  await sendOpenLoop(day, {
    connections: options.connections,
    clock: Date.now,
    onSent: one => sent.push(one),
  });
  return sent;
}

/** Last leaf in audit.log per message, by the first characters of the message id that the answer carried. */
async function lastLeaves(
  session: Session,
  since: number,
): Promise<Map<string, { partition: number; offset: number }>> {
  const leaves = new Map<string, { partition: number; offset: number }>();
  let page = '';
  for (;;) {
    const { status, body } = await session.call('audit', `/hops?since=${since}&limit=10000${page}`);
    if (status !== 200) throw new Error(`audit answered ${status} to /hops`);
    const { hops, next } = body as { hops: ListedHop[]; next?: string };
    for (const { correlationId, leaf } of hops) {
      const message = correlationId.slice(0, 20);
      const last = leaves.get(message);
      if (!last || leaf.offset > last.offset) leaves.set(message, leaf);
    }
    if (next === undefined) return leaves;
    page = `&page=${encodeURIComponent(next)}`;
  }
}

/** Waits until audit has stood still for two seconds, collecting commits meanwhile. */
async function settle(watch: CommitWatch, session: Session): Promise<void> {
  const end = Date.now() + settleMs;
  let quiet = 0;
  while (quiet < 4 && Date.now() < end) {
    const before = Date.now();
    await sleep(500);
    await watch.collect();
    const { body } = await session.call('audit', `/progress?since=${before}`);
    quiet = (body as { commits: { processor: string; records: number; topic: string }[] }).commits.some(
      one => one.processor === 'hop.v1' && one.records > 20,
    )
      ? 0
      : quiet + 1;
  }
}

function endToEnd(
  sent: readonly SentMessage[],
  leaves: ReadonlyMap<string, { partition: number; offset: number }>,
  watch: CommitWatch,
) {
  const latencies: number[] = [];
  let unfinished = 0;
  for (const one of sent) {
    const leaf = leaves.get(one.answerId);
    const at = leaf && watch.committedAt('audit.log', leaf.partition, leaf.offset);
    if (at === undefined) unfinished += 1;
    else latencies.push(at - one.intended);
  }
  return { latencies, unfinished };
}

/**
 * Open-loop load over MLLP through the whole stack. Patients are registered first; what is measured is the day after.
 * Runs on the same machine as the stack, so the sender's own cost is part of the picture and listed as `sender`.
 */
export async function runChain(options: ChainOptions): Promise<ChainResult> {
  const { session, rate, seconds, processes, onStage } = options;
  const run = `B${Date.now().toString(36).toUpperCase()}`;
  onStage(`registering ${options.patients} patients`);
  const watch = watchCommits(session, 'audit', 'hop.v1');
  await sendDay(options, `${run}R`, Math.min(rate, 200), options.patients, false);
  await settle(watch, session);

  onStage(`sending ${rate} messages/s for ${seconds} s`);
  const since = Date.now();
  const collecting = setInterval(() => void watch.collect().catch(() => undefined), 1_000);
  const [before, senderBefore] = [await costs(processes), process.cpuUsage()];
  const sent = await sendDay({ ...options, seed: options.seed + 1 }, `${run}M`, rate, rate * seconds, true);
  const lastAnswer = sent.reduce((last, one) => Math.max(last, one.answered), since);
  const senderCost = process.cpuUsage(senderBefore);
  onStage('waiting for the last hop');
  clearInterval(collecting);
  await settle(watch, session);
  const after = await costs(processes);

  const { latencies, unfinished } = endToEnd(sent, await lastLeaves(session, since), watch);
  const cpu = [...after].map(([name, { cpuMs }]) => [name, cpuMs - (before.get(name)?.cpuMs ?? 0)] as const);
  const perMessage = [...cpu, ['sender', (senderCost.user + senderCost.system) / 1_000] as const].map(
    ([name, ms]) => [name, Math.round((ms / sent.length) * 1_000) / 1_000] as const,
  );
  const answers: Record<string, number> = {};
  for (const { code } of sent) answers[code] = (answers[code] ?? 0) + 1;
  const wall = lastAnswer - since;
  return {
    offered: rate,
    sent: sent.length,
    sustained: Math.round((sent.length * 10_000) / wall) / 10,
    answers,
    ack: percentiles(sent.map(one => one.answered - one.intended)),
    endToEnd: percentiles(latencies),
    unfinished,
    cpuMsPerMessage: Object.fromEntries(perMessage),
    cpuShare:
      Math.round(
        (cpu.reduce((sum, [, ms]) => sum + ms, (senderCost.user + senderCost.system) / 1_000) /
          wall /
          availableParallelism()) *
          100,
      ) / 100,
    rssMb: Object.fromEntries(
      [...after].map(([name, { rssBytes }]) => [name, Math.round(rssBytes / 1_048_576)]),
    ),
  };
}
