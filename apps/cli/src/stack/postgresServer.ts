import { didNotStart, postgresUrl, startPostgres, waitForPostgres, type Secrets } from '@anamnesis/embedded';
import type { Home } from './home.js';
import { runningRecord, writeRecord } from './runRecord.js';
import { postgres, postgresPortOffset } from './services.js';

/** Where the stack's Postgres is: the server that DATABASE_URL names as administrator, else ours. */
export function locatePostgres(
  home: Home,
  secrets: Secrets,
  env: NodeJS.ProcessEnv,
): { adminUrl: string; ours: boolean } {
  const foreign = env['DATABASE_URL'];
  if (foreign) return { adminUrl: foreign, ours: false };
  const port = home.portBase + postgresPortOffset;
  return { adminUrl: postgresUrl(port, 'postgres', 'postgres', secrets.postgres.superuser), ours: true };
}

/** Starts our Postgres when it is not running. */
export async function ensurePostgres(home: Home, secrets: Secrets): Promise<void> {
  const log = home.logOf(postgres);
  if (await runningRecord(home, postgres)) {
    const failure = await waitForPostgres(locatePostgres(home, secrets, {}).adminUrl, 60_000);
    if (failure !== undefined) throw didNotStart({ what: 'Postgres', reason: failure, log });
    return;
  }
  const port = home.portBase + postgresPortOffset;
  await startPostgres({
    dir: home.postgres,
    port,
    password: secrets.postgres.superuser,
    logFile: log,
    onSpawn: mark =>
      writeRecord(home, { name: postgres, ...mark, startedAt: new Date().toISOString(), port }),
  });
}
