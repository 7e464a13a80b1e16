import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMllpClient } from '@anamnesis/simulation';
import type { Command } from 'commander';
import type { Session } from '@anamnesis/client';
import { openSession } from '../client/openSession.js';
import { interfacesFolder } from '../governance/folder.js';
import type { FieldEntry, MessageLineage } from '../messages/answerTypes.js';
import { interfaceOf, listenerOf } from '../messages/interfaceOf.js';
import { expectOk } from '../messages/outcome.js';
import { followFile, sendFile, type SentOutcome } from '../messages/sendFile.js';
import { ensureRunning } from '../stack/ensureRunning.js';
import { homeFrom, type Home } from '../stack/home.js';

/** One line of `demo --json`. */
interface Shown extends SentOutcome {
  readonly ackMs: number;
  readonly messageType: string;
  readonly resources: readonly string[];
  readonly person?: string;
  readonly tasks: readonly string[];
  readonly hops: number;
  readonly fieldsTraced: number;
  /** From the first hop to the last. */
  readonly milliseconds: number;
}

async function personOf(session: Session, lineage: MessageLineage): Promise<string | undefined> {
  const patient = lineage.resources.find(one => one.type === 'Patient');
  if (!patient) return undefined;
  const answer = await session.call('identity', `/persons/by-record/${patient.id}`, { purpose: 'TREAT' });
  return answer.status === 200 ? (answer.body as { person: string }).person : undefined;
}

async function fieldsOf(session: Session, lineage: MessageLineage): Promise<number> {
  if (!lineage.hops.some(hop => hop.type === 'message.translated.v1')) return 0;
  const path = `/lineage/messages/${lineage.id}/fields?all=true`;
  return expectOk<{ traced: number; entries: FieldEntry[] }>(await session.call('audit', path), 'audit', path)
    .traced;
}

async function secondsSinceInstalled(home: Home, at: number): Promise<number | undefined> {
  const text = await readFile(home.installed, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { at: installed } = JSON.parse(text) as { at: string };
  return Math.round((at - Date.parse(installed)) / 100) / 10;
}

/** `NN-<interface>-…​.hl7`: the name says where a sample goes. */
function interfaceFrom(name: string): string {
  return /^\d+-((?:[a-z]+-)?[a-z]+)-/.exec(name)?.[1] ?? 'samples';
}

function line(one: Shown): string {
  const resources = one.resources.length > 0 ? one.resources.join(', ') : 'nothing written';
  const end = one.exception ? `exception ${one.exception.code} for ${one.exception.owner}` : one.state;
  return [
    `${one.file}  ${one.messageType}  ${one.ack} in ${one.ackMs} ms  ${end}`,
    `    ${resources}`,
    `    person ${one.person ?? '-'}; ${one.tasks.length > 0 ? `tasks: ${one.tasks.join('; ')}` : 'no task'}; ${one.fieldsTraced} fields traced over ${one.hops} hops in ${one.milliseconds} ms`,
  ].join('\n');
}

/** `demo`: sends our own samples and shows what each one became. Exit 1 when one is not accounted for. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('send the sample messages and show what each one became')
    .option('--json', 'one JSON object')
    .action(async (options: { json?: boolean }) => {
      const home = homeFrom();
      await ensureRunning(home, { simulator: false });
      const folder = join(interfacesFolder(), 'samples');
      const names = (await readdir(folder)).filter(name => name.endsWith('.hl7')).sort();
      const session = await openSession('demo', 'ada', 'HOPERAT');
      const integrator = await openSession('demo', 'ivan', 'HOPERAT');
      const clinician = await openSession('demo', 'nora', 'TREAT');
      const shown: Shown[] = [];
      let firstTraced: number | undefined;
      for (const name of names) {
        const contract = await interfaceOf(interfaceFrom(name));
        const client = createMllpClient(listenerOf(contract));
        const sent = await sendFile(client, contract, join(folder, name)).finally(() => client.close());
        const { outcome, lineage } = await followFile(integrator, contract, { ...sent, file: name });
        const fieldsTraced = lineage ? await fieldsOf(session, lineage) : 0;
        if (fieldsTraced > 0) firstTraced ??= Date.now();
        shown.push({
          ...outcome,
          ackMs: sent.ackMs,
          messageType: lineage?.messageType ?? '',
          resources:
            lineage?.resources.map(one => `${one.type}/${one.id} v${one.version} ${one.action}`) ?? [],
          person: lineage ? await personOf(clinician, lineage) : undefined,
          tasks: lineage?.tasks.map(one => `${one.title} (${one.ownerRole}, due ${one.dueAt})`) ?? [],
          hops: lineage?.hops.length ?? 0,
          fieldsTraced,
          milliseconds: lineage?.durationMs ?? 0,
        });
        if (!options.json) console.log(line(shown.at(-1) as Shown));
      }
      const seconds = firstTraced === undefined ? undefined : await secondsSinceInstalled(home, firstTraced);
      const unaccounted = shown.filter(one => one.state === 'unaccounted').length;
      if (options.json)
        console.log(JSON.stringify({ secondsSinceInstalled: seconds, unaccounted, messages: shown }));
      else console.log(`${shown.length} messages, ${unaccounted} not accounted for.`);
      process.exitCode = unaccounted > 0 || shown.length === 0 ? 1 : 0;
    });
}
