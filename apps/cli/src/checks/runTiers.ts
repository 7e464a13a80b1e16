import type { TierResult } from './result.js';
import type { Cleanup, Tier } from './tiers.js';

/**
 * Runs tiers one after the other, all of them, also after a failure. A tier that breaks, for want of a server for
 * example, counts as one failed test with its sentence as output.
 */
export async function runTiers(
  wanted: readonly Tier[],
  cleanup: Cleanup,
  report: (result: TierResult) => void,
): Promise<TierResult[]> {
  const results: TierResult[] = [];
  for (const tier of wanted) {
    const startedAt = performance.now();
    const outcome = await tier.run(cleanup).catch((error: unknown) => ({
      passed: 0,
      failed: 1,
      output: error instanceof Error ? error.message : String(error),
    }));
    const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
    const result = { tier: tier.name, ...outcome, seconds };
    results.push(result);
    report(result);
  }
  return results;
}

/** Keeps what is owed, and pays it all when the run is broken off. Each is paid once. */
export function createCleanup(): Cleanup & { payAll(): Promise<void> } {
  const owed = new Set<() => Promise<void>>();
  return {
    owe(work) {
      owed.add(work);
      return async () => {
        if (owed.delete(work)) await work();
      };
    },
    async payAll() {
      const all = [...owed];
      owed.clear();
      await Promise.allSettled(all.map(work => work()));
    },
  };
}
