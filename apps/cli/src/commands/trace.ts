import type { Command } from 'commander';
import type { Session } from '@anamnesis/client';
import { openSession } from '../client/openSession.js';
import type { FieldEntry, Hop, MessageLineage } from '../messages/answerTypes.js';
import { candidatesUnder, expectOk, lineageOf } from '../messages/outcome.js';
import { traceField, type TracedField } from '../messages/traceField.js';

interface TraceOptions {
  readonly tenant: string;
  readonly interface?: string;
  readonly path?: string;
  readonly reveal?: boolean;
  readonly purpose: string;
  readonly json?: boolean;
}

const messageIdForm = /^[a-z2-7]{32}$/;
const ambiguous = 2;

/** The one message that a control id or a message id means; otherwise its candidates. */
async function find(
  session: Session,
  asked: string,
  interfaceId: string | undefined,
): Promise<MessageLineage | { candidates: unknown[] }> {
  if (messageIdForm.test(asked)) {
    const direct = await lineageOf(session, asked);
    if (direct) return direct;
  }
  const candidates = await candidatesUnder(session, asked, interfaceId);
  const [only] = candidates;
  if (candidates.length !== 1 || !only) return { candidates };
  return (await lineageOf(session, only.id)) ?? { candidates: [] };
}

/** What the record decided, and why it wrote nothing when it did not. */
function decisionOf({ outcome, code }: Hop): string {
  if (outcome === undefined) return '';
  return code === undefined ? ` ${outcome}` : ` ${outcome}: ${code}`;
}

function show(lineage: MessageLineage, fields: number, field: TracedField | undefined): void {
  console.log(
    `${lineage.messageType ?? ''} on ${lineage.interface ?? ''}, received ${lineage.receivedAt ?? ''}: ${lineage.state}`,
  );
  for (const hop of lineage.hops)
    console.log(
      `  ${hop.time}  ${`${hop.topic}/${hop.partition}@${hop.offset}`.padEnd(38)} ${hop.producer.padEnd(12)} ${hop.type}${decisionOf(hop)}${hop.durationToNextMs === undefined ? '' : `  +${hop.durationToNextMs} ms`}`,
    );
  for (const one of lineage.resources)
    console.log(`  wrote ${one.type}/${one.id} version ${one.version} (${one.action})`);
  for (const one of lineage.exceptions)
    console.log(`  exception ${one.code}, owner ${one.ownerRole}: ${one.act}`);
  console.log(`  ${fields} fields traced`);
  if (!field) return;
  const from = field.source
    .map(s => `${s.path} bytes ${s.start}-${s.end}${s.text === undefined ? '' : ` "${s.text}"`}`)
    .join(', ');
  console.log(
    `  ${field.target}\n    <- ${from}\n    by rule ${field.rule} of ${field.map}, recomputed and equal to the recorded hash`,
  );
  console.log(`    and back: ${field.inverse.source} -> ${field.inverse.targets.join(', ')}`);
}

/** `trace CONTROL_ID|MESSAGE_ID`: every hop, and one field to its bytes and back. Exit 2 when the id is ambiguous. */
export function registerTrace(program: Command): void {
  program
    .command('trace')
    .description('show the way of a message, and where one of its fields came from')
    .argument('<id>', 'control id (MSH-10) or message id')
    .option('--tenant <name>', 'tenant', 'demo')
    .option('--interface <id>', 'narrows a control id that several interfaces used')
    .option('--path <element>', 'element of an Observation, or Type/id.element')
    .option('--reveal', 'show the bytes; an access of its own, and needs a right and a purpose')
    .option('--purpose <code>', 'purpose of use', 'HOPERAT')
    .option('--json', 'one JSON object')
    .action(async (asked: string, options: TraceOptions) => {
      const session = await openSession(
        options.tenant,
        options.purpose === 'TREAT' ? 'nora' : 'ada',
        options.purpose,
      );
      const found = await find(session, asked, options.interface);
      if ('candidates' in found) {
        if (options.json) console.log(JSON.stringify(found));
        else if (found.candidates.length === 0)
          console.error(`No message of tenant ${options.tenant} is known as ${asked}.`);
        else for (const one of found.candidates) console.log(JSON.stringify(one));
        process.exitCode = found.candidates.length > 1 ? ambiguous : 1;
        return;
      }
      const isTranslated = found.hops.some(hop => hop.type === 'message.translated.v1');
      const path = `/lineage/messages/${found.id}/fields?all=true`;
      const fields = isTranslated
        ? expectOk<{ traced: number; entries: FieldEntry[] }>(
            await session.call('audit', path),
            'audit',
            path,
          )
        : { traced: 0, entries: [] };
      const field = isTranslated
        ? await traceField(session, found, fields.entries, options.path, options.reveal === true)
        : undefined;
      if (options.json) console.log(JSON.stringify({ ...found, fieldsTraced: fields.traced, field }));
      else show(found, fields.traced, field);
      process.exitCode = found.state === 'pending' ? 1 : 0;
    });
}
