import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { unknownService } from '../stack/errors.js';
import { followLogs, sizeOf, tailFrom } from '../stack/followLogs.js';
import { homeFrom } from '../stack/home.js';
import { readableLine } from '../stack/readableLog.js';
import { everyProcess } from '../stack/services.js';

const known = [...everyProcess, 'launcher'];

interface LogsOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly lines: string;
}

/** `logs SERVICE`: the newest lines of one log, and with `-f` what follows. */
export function registerLogs(program: Command): void {
  program
    .command('logs')
    .description(`show the log of ${known.join(', ')}`)
    .argument('<service>')
    .option('-f, --follow', 'go on with what is written from now on')
    .option('-n, --lines <count>', 'how many of the newest lines', '200')
    .option('--json', 'lines as they are in the file')
    .action(async (service: string, options: LogsOptions) => {
      if (!known.includes(service)) throw unknownService({ asked: service, known: known.join(', ') });
      const file = homeFrom().logOf(service);
      const write = (line: string) => process.stdout.write(`${options.json ? line : readableLine(line)}\n`);
      const size = sizeOf(file);
      if (size > 0)
        readFileSync(file, 'utf8').trimEnd().split('\n').slice(-Number(options.lines)).forEach(write);
      else if (!options.follow) process.stderr.write(`${service} has written nothing yet (${file})\n`);
      if (options.follow)
        await followLogs(
          [{ name: service, tail: tailFrom(file, size) }],
          (_, line) => write(line),
          () => false,
        );
    });
}
