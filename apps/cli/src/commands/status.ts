import type { Command } from 'commander';
import { homeFrom } from '../stack/home.js';
import { statusOf, type ProcessStatus } from '../stack/status.js';

/** `status`: pid, start time and state of each process; exit 1 when one that should run is dead. */
export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('show what runs; exit 1 when something that should run is dead')
    .option('--json', 'one JSON object')
    .action(async (options: { json?: boolean }) => {
      const processes = await statusOf(homeFrom());
      if (options.json) console.log(JSON.stringify({ services: processes }));
      else show(processes);
      if (processes.some(one => one.state === 'dead')) process.exitCode = 1;
    });
}

function show(processes: readonly ProcessStatus[]): void {
  if (processes.length === 0) return void console.log('Nothing is running: ./anamnesis up starts the stack.');
  for (const { name, state, pid, port, startedAt } of processes)
    console.log(
      `${name.padEnd(12)} ${state.padEnd(8)} pid ${String(pid).padEnd(8)} port ${port}  since ${startedAt}`,
    );
}
