import type { Command } from 'commander';
import { totalOf, type TierResult } from '../checks/result.js';
import { createCleanup, runTiers } from '../checks/runTiers.js';
import { namedTiers, tiers, type Tier } from '../checks/tiers.js';
import { unknownTier } from '../stack/errors.js';

/**
 * `test [tier]`: every check of the checkout, or one tier. Ends with the line `N passed, N failed`, and with exit
 * code 1 when something failed. Leaves nothing running.
 */
export function registerTest(program: Command): void {
  program
    .command('test')
    .description('run all checks and tests, or one tier')
    .argument('[tier]', [...tiers, ...namedTiers].map(tier => tier.name).join(', '))
    .option('--json', 'one JSON object before the closing line')
    .action(async (asked: string | undefined, options: { json?: boolean }) => {
      const cleanup = createCleanup();
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => void cleanup.payAll().finally(() => process.exit(130)));
      const results = await runTiers(tiersFor(asked), cleanup, show);
      const { passed, failed } = totalOf(results);
      if (options.json) console.log(JSON.stringify({ passed, failed, tiers: results.map(withoutOutput) }));
      console.log(`${passed} passed, ${failed} failed`);
      process.exitCode = failed > 0 ? 1 : 0;
    });
}

/** Raised when there is no such tier: {@link unknownTier}. */
function tiersFor(asked: string | undefined): readonly Tier[] {
  if (asked === undefined) return tiers;
  const known = [...tiers, ...namedTiers];
  const found = known.find(tier => tier.name === asked);
  if (!found) throw unknownTier({ asked, known: known.map(tier => tier.name).join(', ') });
  return [found];
}

function show(result: TierResult): void {
  const skipped = result.skipped ? `, ${result.skipped} skipped` : '';
  const counts = `${result.passed} passed, ${result.failed} failed${skipped}`;
  if (result.failed > 0 || result.tier === 'shows') process.stderr.write(`${result.output.trimEnd()}\n`);
  process.stderr.write(`${result.tier.padEnd(10)} ${counts.padEnd(34)} ${result.seconds} s\n`);
}

function withoutOutput({ tier, passed, failed, skipped = 0, seconds, shows }: TierResult) {
  return { tier, passed, failed, skipped, seconds, shows };
}
