import { isCodedError } from '@anamnesis/contracts';
import { Command } from 'commander';
import { commands, hiddenCommands } from './commands/index.js';

/** One sentence for what is foreseen, the whole stack for what is a defect. */
function sentenceOf(error: unknown): string {
  if (isCodedError(error)) return error.message.replace(/\.?$/, '.');
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const program = new Command('anamnesis')
  .description('Event-sourced healthcare interoperability on one event log')
  .showHelpAfterError('(./anamnesis --help lists the commands)')
  .helpCommand(false);

const asked = process.argv[2] ?? '';
const load = commands[asked] ?? hiddenCommands[asked];
const loading = load ? [load()] : Object.values(commands).map(each => each());
for (const register of await Promise.all(loading)) register(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
