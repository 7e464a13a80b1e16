import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compilePlan, parseInterface, planContent } from '@anamnesis/mapping';
import type { Command } from 'commander';
import { interfacesFolder } from '../governance/folder.js';
import { translateFile, type TranslatedMessage } from '../translate/translateFile.js';

function summary(line: TranslatedMessage): string {
  const where = `${line.file}${line.index > 0 ? `#${line.index}` : ''}`;
  if (line.error)
    return `${where}  ${line.type || '-'}  not translated: ${line.error.code}, ${line.error.reason}`;
  const { total = 0, mapped = 0, ignored = 0, reported = 0 } = line.leaves ?? {};
  return `${where}  ${line.type}  ${line.bundle?.entry.length ?? 0} resources, ${total} source leaves: ${mapped} mapped, ${ignored} ignored by a rule, ${reported} reported; ${line.findings.length} findings`;
}

/** `translate FILE…`: what the maps make of messages, without any service. Exit 1 when one is not translated. */
export function registerTranslate(program: Command): void {
  program
    .command('translate')
    .description('translate HL7 v2 files offline and show resources, findings and lineage')
    .argument('<file...>')
    .option('--interface <id>', 'interface whose maps apply', 'samples')
    .option('--json', 'one JSON object per message and line')
    .action(async (files: string[], options: { interface: string; json?: boolean }) => {
      const contract = parseInterface(
        await readFile(join(interfacesFolder(), `${options.interface}.yaml`), 'utf8'),
      );
      const plan = compilePlan(planContent(contract));
      let failed = 0;
      for (const file of files)
        for (const line of await translateFile(file, plan)) {
          if (line.error) failed += 1;
          console.log(options.json ? JSON.stringify(line) : summary(line));
        }
      process.exitCode = failed > 0 ? 1 : 0;
    });
}
