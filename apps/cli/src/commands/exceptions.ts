import type { Command } from 'commander';
import { openSession } from '../client/openSession.js';
import { expectOk } from '../messages/outcome.js';

interface OpenException {
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly service: string | null;
  readonly code: string | null;
  readonly interface: string | null;
  readonly ownerRole: string;
  readonly act: string;
  readonly task: string;
  readonly status: string;
  readonly dueAt: string;
  readonly overdue: boolean;
}

/** `exceptions`: what failed and is somebody's work now, one line per cause. */
export function registerExceptions(program: Command): void {
  program
    .command('exceptions')
    .description('list open exceptions: where, why, whose work, by when')
    .option('--tenant <name>', 'tenant', 'demo')
    .option('--json', 'one JSON object')
    .action(async (options: { tenant: string; json?: boolean }) => {
      const session = await openSession(options.tenant, 'ivan', 'HOPERAT');
      const answer = await session.call('workflow', '/exceptions');
      const { exceptions } = expectOk<{ exceptions: OpenException[] }>(answer, 'workflow', '/exceptions');
      if (options.json) return void console.log(JSON.stringify({ tenant: options.tenant, exceptions }));
      if (exceptions.length === 0) console.log('No exception is open.');
      for (const one of exceptions)
        console.log(
          `${String(one.count).padStart(5)} x ${one.code ?? ''} in ${one.service ?? ''}${one.interface ? ` on ${one.interface}` : ''}; ${one.ownerRole}, due ${one.dueAt}${one.overdue ? ' (overdue)' : ''}, task ${one.task} ${one.status}\n        ${one.act}`,
        );
    });
}
