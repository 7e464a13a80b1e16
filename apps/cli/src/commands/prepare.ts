import { brokerLibs, createBrokerArchive } from '@anamnesis/embedded';
import type { Command } from 'commander';

/** `prepare`: the part of the installation that needs the built code; the launcher runs it once. */
export function registerPrepare(program: Command): void {
  program.command('prepare', { hidden: true }).action(() => createBrokerArchive(brokerLibs()));
}
