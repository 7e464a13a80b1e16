import { rm } from 'node:fs/promises';
import { removePostgres } from '@anamnesis/embedded';
import type { Command } from 'commander';
import { freshIsForeign } from '../stack/errors.js';
import { exclusively } from '../stack/lock.js';
import { homeFrom, type Home } from '../stack/home.js';
import { followStack } from '../stack/followStack.js';
import { createProgress, type Progress } from '../stack/progress.js';
import { startStack, type Started } from '../stack/start.js';
import { stopStack } from '../stack/stop.js';
import { addressLines } from '../stack/addresses.js';

interface UpOptions {
  readonly fresh?: boolean;
  readonly detach?: boolean;
  readonly simulator?: boolean;
  readonly json?: boolean;
}

/** `up`: starts what is not running and shows where to look. Without `--detach` it stays and stops all on Ctrl-C. */
export function registerUp(program: Command): void {
  program
    .command('up')
    .description('start the stack, or what of it is not running')
    .option('--fresh', 'delete all data first')
    .option('--detach', 'leave it running and return')
    .option('--simulator', 'start the simulator even against a broker of your own')
    .option('--no-simulator', 'start no simulator')
    .option('--json', 'end with one JSON object')
    .action(async (options: UpOptions) => {
      const home = homeFrom();
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const progress = createProgress(home.logOf('launcher'), say);
      const startedAt = performance.now();
      const starting = exclusively(home, 'up', async () => {
        if (options.fresh) await deleteData(home, say);
        return startStack(home, progress, { env: process.env, simulator: options.simulator });
      });
      if (!options.detach) stopOnSignal(home, progress, starting);
      const started = await starting;
      const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
      show(home, started, seconds, progress.figures, options.json === true);
      if (options.detach) return;
      progress.say('\nCtrl-C stops everything. Logs:');
      await followStack(home);
      progress.say('Nothing runs any more.');
    });
}

async function deleteData(home: Home, say: (line: string) => void): Promise<void> {
  if (process.env['KAFKA_BROKERS'] || process.env['DATABASE_URL']) throw freshIsForeign({});
  await stopStack(home, say);
  removePostgres(home.postgres);
  for (const folder of [home.kafka, home.secrets, home.logs])
    await rm(folder, { recursive: true, force: true });
  await rm(`${home.run}/owed-topic-facts.json`, { force: true });
  say('Deleted all data');
}

function show(
  home: Home,
  started: Started,
  seconds: number,
  steps: readonly { step: string; ms: number }[],
  json: boolean,
): void {
  if (json) return void console.log(JSON.stringify({ started: started.services, seconds, steps }));
  for (const line of addressLines(home, started)) console.log(line);
  console.log(started.services.length > 0 ? `Ready after ${seconds} s.` : 'Everything was running already.');
}

/** From now on Ctrl-C stops every child in order, also in the middle of a start. */
function stopOnSignal(home: Home, progress: Progress, starting: Promise<unknown>): void {
  let leaving = false;
  const leave = async () => {
    if (leaving) return;
    leaving = true;
    progress.abort();
    progress.say('\nStopping …');
    await stopStack(home, progress.say);
    // What was being started while the first pass stopped the rest.
    await starting.catch(() => undefined);
    await stopStack(home, progress.say);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      leave().catch((error: Error) => {
        progress.say(error.message);
        process.exit(1);
      });
    });
}
