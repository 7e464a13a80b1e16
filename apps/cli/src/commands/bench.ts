import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { runChain } from '@anamnesis/bench';
import type { Command } from 'commander';
import { openSession } from '../client/openSession.js';
import { interfaceOf, listenerOf } from '../messages/interfaceOf.js';
import { homeFrom } from '../stack/home.js';
import { ensureRunning } from '../stack/ensureRunning.js';
import { statusOf } from '../stack/status.js';

interface BenchOptions {
  readonly rate: string;
  readonly seconds: string;
  readonly patients: string;
  readonly connections: string;
  readonly json?: boolean;
}

/** `bench NAME`: figures with hardware and settings. Reports, never judges. */
export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure; `chain` sends messages through the whole stack')
    .argument('<name>', 'chain')
    .option('--rate <n>', 'messages per second', '300')
    .option('--seconds <n>', 'how long', '30')
    .option('--patients <n>', 'patients registered first', '500')
    .option('--connections <n>', 'MLLP connections per feed', '16')
    .option('--json', 'one JSON object')
    .action(async (name: string, options: BenchOptions) => {
      if (name !== 'chain') throw new Error(`There is no benchmark "${name}": chain is the one.`);
      const home = homeFrom();
      await ensureRunning(home, { simulator: false });
      const [adt, lab] = [
        listenerOf(await interfaceOf('adt-main')),
        listenerOf(await interfaceOf('lab-results')),
      ];
      const processes = (await statusOf(home)).flatMap(({ name: process, pid, state }) =>
        state === 'ready' ? [{ name: process, pid }] : [],
      );
      const settings = {
        rate: Number(options.rate),
        seconds: Number(options.seconds),
        patients: Number(options.patients),
        connections: Number(options.connections),
      };
      const result = await runChain({
        ...settings,
        seed: 7,
        feeds: { tenant: 'demo', host: adt.host, adtPort: adt.port, labPort: lab.port },
        session: await openSession('demo', 'ada', 'HOPERAT'),
        processes,
        onStage: stage => process.stderr.write(`${stage} …\n`),
      });
      const hardware = {
        cpu: cpus()[0]?.model ?? 'unknown',
        cores: availableParallelism(),
        memoryGb: Math.round(totalmem() / 2 ** 30),
        system: `${platform()} ${arch()}`,
        node: process.version,
        broker: 'one, replication factor 1, acks=all',
      };
      console.log(
        JSON.stringify(
          { benchmark: name, hardware, settings, ...result },
          null,
          options.json ? undefined : 2,
        ),
      );
    });
}
