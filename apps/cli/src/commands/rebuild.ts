import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { defineError } from '@anamnesis/contracts';
import type { Command } from 'commander';
import { locateBroker } from '../stack/brokerServer.js';
import { environmentOf } from '../stack/environment.js';
import { homeFrom } from '../stack/home.js';
import { locatePostgres } from '../stack/postgresServer.js';
import { secretsOf } from '../stack/secretsOf.js';
import { serviceNamed } from '../stack/services.js';

/** Services whose tables are a fold of the log. */
const rebuildable = ['records', 'identity', 'workflow', 'audit'] as const;

/** Raised when nothing of that name can be rebuilt. */
export const projectionUnknown = defineError(
  'ANM_PROJECTION_UNKNOWN',
  'stop',
  (f: { asked: string }) =>
    `There is no projection "${f.asked}": name one of ${rebuildable.join(', ')}, or audit/<projection>`,
);

/**
 * `rebuild PROJECTION --verify`: folds the log into a second schema up to the live cursor and prints the content
 * hash of both. Exit 1 when they differ.
 */
export function registerRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('rebuild a projection from the log beside the live one and compare their content hashes')
    .argument('<projection>', `${rebuildable.join(', ')}, or audit/<projection>`)
    .option('--verify', 'compare and leave the live one as it is')
    .option('--json', 'one JSON object')
    .action(async (asked: string, options: { verify?: boolean; json?: boolean }) => {
      const [name = '', part] = asked.split('/');
      const service = serviceNamed(name);
      if (!service || !rebuildable.some(one => one === name)) throw projectionUnknown({ asked });
      const home = homeFrom();
      const secrets = await secretsOf(home);
      const broker = locateBroker(home, secrets, process.env);
      const postgres = locatePostgres(home, secrets, process.env);
      const servers = {
        brokers: broker.admin.brokers.join(','),
        prefix: broker.admin.prefix,
        postgresAdminUrl: postgres.adminUrl,
      };
      const args = [join(home.root, 'apps', name, 'dist', 'rebuild.js'), ...(part ? [part] : [])];
      if (options.verify) args.push('--verify');
      if (options.json) args.push('--json');
      const env = environmentOf(service, { home, servers, secrets, env: process.env });
      const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
      process.exitCode = await new Promise<number>(resolve => child.on('exit', code => resolve(code ?? 1)));
    });
}
