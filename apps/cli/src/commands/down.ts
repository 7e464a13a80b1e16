import type { Command } from 'commander';
import { homeFrom } from '../stack/home.js';
import { exclusively } from '../stack/lock.js';
import { stopStack } from '../stack/stop.js';

/** `down`: stops every process of the stack in order; data stays. */
export function registerDown(program: Command): void {
  program
    .command('down')
    .description('stop the stack; data stays')
    .option('--json', 'end with one JSON object')
    .action(async (options: { json?: boolean }) => {
      const home = homeFrom();
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const stopped = await exclusively(home, 'down', () => stopStack(home, say));
      if (options.json) console.log(JSON.stringify({ stopped }));
      else if (stopped.length === 0) say('Nothing was running');
    });
}
