import { createMllpClient } from '@anamnesis/simulation';
import type { Command } from 'commander';
import { openSession } from '../client/openSession.js';
import { interfaceOf, listenerOf } from '../messages/interfaceOf.js';
import { followFile, sendFile, type SentFile, type SentOutcome } from '../messages/sendFile.js';

function summary(outcome: SentOutcome): string {
  const end = outcome.exception
    ? `exception ${outcome.exception.code}, owner ${outcome.exception.owner}: ${outcome.exception.act}`
    : outcome.state;
  return `${outcome.file}  ${outcome.ack}  ${end}`;
}

/** `send PATH…`: over MLLP, one line per file with what became of it. Exit 1 when one is not accounted for. */
export function registerSend(program: Command): void {
  program
    .command('send')
    .description('send HL7 v2 files to an interface and say what became of each')
    .argument('<path...>')
    .option('--interface <id>', 'interface that takes them', 'samples')
    .option('--json', 'one JSON object per file and line')
    .action(async (files: string[], options: { interface: string; json?: boolean }) => {
      const contract = await interfaceOf(options.interface);
      const session = await openSession(contract.tenant, 'ivan', 'HOPERAT');
      const client = createMllpClient(listenerOf(contract));
      const sent: SentFile[] = [];
      try {
        for (const file of files) sent.push(await sendFile(client, contract, file));
      } finally {
        client.close();
      }
      const counts = { recorded: 0, exception: 0, unaccounted: 0 };
      for (const one of sent) {
        const { outcome } = await followFile(session, contract, one);
        counts[outcome.state] += 1;
        console.log(options.json ? JSON.stringify(outcome) : summary(outcome));
      }
      if (!options.json)
        console.log(
          `${counts.recorded} recorded, ${counts.exception} exceptions, ${counts.unaccounted} not accounted for`,
        );
      process.exitCode = counts.unaccounted > 0 ? 1 : 0;
    });
}
