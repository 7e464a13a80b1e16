import type { Session } from '@anamnesis/client';
import type { Show, ShowResult } from '../../checks/shows.js';
import type { TestStack } from '../../checks/testStack.js';
import { openSession } from '../../client/openSession.js';
import { resultOf } from '../claims.js';
import { eventually, patienceMs } from '../eventually.js';
import { createRecordReader, type RecordReader } from '../recordReader.js';
import { balance, type Balance, type SenderBooks } from './ledger.js';
import { missedSince, readBooks } from './readBooks.js';
import { killAndRestart, processOf } from './restart.js';
import { planRound, startSending } from './traffic.js';

/** Each is killed once. */
const victims = ['gateway', 'translation', 'records', 'identity', 'workflow', 'audit'] as const;

/** Answered messages after which the service dies: by then all hops are busy and most messages are still to come. */
const killAfter = 12;
const sendingMs = 240_000;

interface Row extends Record<string, unknown> {
  readonly service: string;
  readonly sent: number;
  readonly answeredBefore?: number;
  readonly acked: number;
  readonly lost: number;
  readonly doubled: number;
  readonly unaccounted: number;
  /** From the kill until the service said that it is ready. */
  readonly secondsAway?: number;
  readonly held: boolean;
  /** What is wrong, at most a few of it. */
  readonly notes: readonly string[];
}

interface Reading extends Balance {
  readonly missed: readonly string[];
}

const differences = ({ lost, doubled, missed }: Reading): string[] => [...lost, ...doubled, ...missed];

/** The books once they balance; or as they are when the time is over. */
function settledBooks(auditor: Session, reader: RecordReader, books: SenderBooks, since: number) {
  return eventually(
    async (): Promise<Reading> => ({
      ...balance(books, await readBooks(auditor, reader, books)),
      missed: await missedSince(auditor, since),
    }),
    // What is doubled stays doubled: waiting helps only what is missing.
    reading => reading.lost.length + reading.missed.length === 0,
    patienceMs,
  );
}

function rowOf(
  facts: Pick<Row, 'service' | 'answeredBefore' | 'secondsAway'>,
  { messages }: SenderBooks,
  reading: Reading,
): Row {
  const acked = messages.filter(one => one.accepted).length;
  const unanswered = messages.filter(one => !one.accepted).map(one => `${one.controlId} was not accepted`);
  const notes = [...unanswered, ...differences(reading)];
  return {
    ...{ service: facts.service, sent: messages.length, answeredBefore: facts.answeredBefore, acked },
    lost: reading.lost.length,
    doubled: reading.doubled.length,
    unaccounted: reading.missed.length,
    secondsAway: facts.secondsAway,
    held: notes.length === 0,
    notes: notes.slice(0, 5),
  };
}

async function run(stack: TestStack): Promise<ShowResult> {
  const auditor = await openSession('demo', 'ada', 'HOPERAT', stack.env);
  const reader = createRecordReader(auditor);
  const rows: Row[] = [];
  const all: SenderBooks[] = [];
  const begin = Date.now();
  for (const [n, service] of victims.entries()) {
    const { visits, messages } = await planRound(stack, n, Date.now());
    const victim = await processOf(stack, service);
    const sending = startSending(messages, sendingMs);
    const answeredBefore = await sending.answered(killAfter);
    const [secondsAway, answers] = await Promise.all([killAndRestart(stack, victim), sending.done]);
    const accepted = new Set(answers.filter(({ code }) => code === 'AA').map(({ controlId }) => controlId));
    const books = {
      visits,
      messages: messages.map(({ controlId }) => ({ controlId, accepted: accepted.has(controlId) })),
    };
    all.push(books);
    const reading = await settledBooks(auditor, reader, books, begin);
    rows.push(rowOf({ service, answeredBefore, secondsAway }, books, reading));
  }
  // Again at the end: nothing that came late may have doubled what was there once.
  const books = {
    visits: all.flatMap(({ visits }) => visits),
    messages: all.flatMap(({ messages }) => messages),
  };
  const reading = await settledBooks(auditor, reader, books, begin);
  rows.push(rowOf({ service: 'all, at the end' }, books, reading));
  return resultOf(rows);
}

/** `kill -9` of each service while messages are under way, and the books afterwards. */
export const killShow: Show = { name: 'kill', run };
