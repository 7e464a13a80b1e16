import type { Home } from './home.js';
import { exclusively } from './lock.js';
import { createProgress } from './progress.js';
import { startStack } from './start.js';

/** Starts what is not running, as `up --detach` does; quiet but for what a person must know. */
export async function ensureRunning(home: Home, options: { readonly simulator: boolean }): Promise<void> {
  const progress = createProgress(home.logOf('launcher'), line => process.stderr.write(`${line}\n`));
  await exclusively(home, 'up', () =>
    startStack(home, progress, { env: process.env, simulator: options.simulator }),
  );
}
