import type { Session } from '@anamnesis/client';
import type { MessageLineage } from '../../messages/answerTypes.js';
import { candidatesUnder, expectOk, lineageOf } from '../../messages/outcome.js';
import type { RecordReader, ShownResource } from '../recordReader.js';
import type { FoundBooks, FoundMessage, SenderBooks } from './ledger.js';
import { adtInterface, labInterface } from './traffic.js';

const verifyTitle = 'Verify demographics';
const asked = 6;

/** Asks a few at a time, so that a check does not become a load test. */
async function forEachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: asked }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

function decisionsOf(lineages: readonly MessageLineage[]): number {
  const decided = lineages.flatMap(({ hops }) => hops.filter(hop => hop.type === 'records.decided.v1'));
  return new Set(decided.map(({ eventId }) => eventId)).size;
}

async function readMessage(auditor: Session, controlId: string, interfaceId: string): Promise<FoundMessage> {
  const candidates = await candidatesUnder(auditor, controlId, interfaceId);
  const lineages = await Promise.all(candidates.map(({ id }) => lineageOf(auditor, id)));
  const known = lineages.filter(lineage => lineage !== undefined);
  return { states: known.map(({ state }) => state), decisions: decisionsOf(known) };
}

const versionOf = ({ meta }: ShownResource): number => Number(meta.versionId);

/** Reads everything that the sender's books name, over the public APIs alone. */
export async function readBooks(
  auditor: Session,
  reader: RecordReader,
  { messages, visits }: SenderBooks,
): Promise<FoundBooks> {
  const found = {
    messages: new Map<string, FoundMessage>(),
    reports: new Map<string, { reports: number[]; observations: number[] }>(),
    patients: new Map<string, { patients: number; tasks: number }>(),
  };
  const registrations = new Set(visits.map(({ registration }) => registration));
  await forEachOf(messages, async ({ controlId }) => {
    const interfaceId = registrations.has(controlId) ? adtInterface : labInterface;
    found.messages.set(controlId, await readMessage(auditor, controlId, interfaceId));
  });
  await forEachOf(visits, async ({ mrn, filler }) => {
    const patients = await reader.search('Patient', { identifier: mrn });
    const reports = await reader.search('DiagnosticReport', { identifier: filler });
    const observations: ShownResource[] = [];
    let tasks = 0;
    for (const { id } of patients) {
      observations.push(...(await reader.search('Observation', { patient: id })));
      const all = await reader.search('Task', { patient: id });
      tasks += all.filter(task => (task['code'] as { text?: string }).text === verifyTitle).length;
    }
    found.reports.set(filler, {
      reports: reports.map(versionOf),
      observations: observations.map(versionOf),
    });
    found.patients.set(mrn, { patients: patients.length, tasks });
  });
  return found;
}

/** What audit misses between `since` and now: messages without an outcome, events without a cause, lane numbers. */
export async function missedSince(auditor: Session, since: number): Promise<string[]> {
  const path = `/completeness?since=${since}&until=${Date.now()}`;
  const { unaccounted, orphans, laneGaps } = expectOk<{
    unaccounted: { count: number };
    orphans: { count: number };
    laneGaps: readonly { topic: string; partition: number; first: number; last: number }[];
  }>(await auditor.call('audit', path), 'audit', path);
  return [
    ...(unaccounted.count > 0 ? [`${unaccounted.count} messages without an outcome`] : []),
    ...(orphans.count > 0 ? [`${orphans.count} events without their cause`] : []),
    ...laneGaps.map(gap => `gap in ${gap.topic}/${gap.partition} between ${gap.first} and ${gap.last}`),
  ];
}
