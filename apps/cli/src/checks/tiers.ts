import { join } from 'node:path';
import { startTestServers } from '@anamnesis/testing';
import { checkout } from '../stack/home.js';
import { jestTier } from './jestTier.js';
import { lintTier } from './lintTier.js';
import { totalOf, type ShownResult, type TierResult } from './result.js';
import { runTool } from './runTool.js';
import { shows, type Show } from './shows.js';
import { hasTests, startTestStack } from './testStack.js';

type Outcome = Omit<TierResult, 'tier' | 'seconds'>;

/** One tier: its checks, with the servers that they need and no longer than they need them. */
export interface Tier {
  readonly name: string;
  run(cleanup: Cleanup): Promise<Outcome>;
}

/** Work owed when the run is broken off. */
export interface Cleanup {
  owe(work: () => Promise<void>): () => Promise<void>;
}

/** Tiers of a plain `./anamnesis test`, cheapest first. */
export const tiers: readonly Tier[] = [
  check('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '.']),
  { name: 'lint', run: lintTier },
  check('typecheck', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit']),
  { name: 'unit', run: () => jestTier('unit') },
  { name: 'int', run: runInt },
  { name: 'e2e', run: runE2e },
];

/** Run only when asked for by name. */
export const namedTiers: readonly Tier[] = [{ name: 'shows', run: runShows }];

/** A tool whose exit code is one test. */
function check(name: string, args: readonly string[]): Tier {
  return {
    name,
    async run() {
      const { exitCode, output } = await runTool([join(checkout, args[0] ?? ''), ...args.slice(1)]);
      return exitCode === 0 ? { passed: 1, failed: 0, output } : { passed: 0, failed: 1, output };
    },
  };
}

async function runInt(cleanup: Cleanup): Promise<Outcome> {
  if (!(await hasTests('.int.spec.ts'))) return { passed: 0, failed: 0, output: '' };
  const servers = await startTestServers();
  const stop = cleanup.owe(() => servers.stop());
  try {
    return await jestTier('int', servers.env);
  } finally {
    await stop();
  }
}

async function runE2e(cleanup: Cleanup): Promise<Outcome> {
  if (!(await hasTests('.e2e.spec.ts'))) return { passed: 0, failed: 0, output: '' };
  const stack = await startTestStack();
  const down = cleanup.owe(() => stack.down());
  try {
    return await jestTier('e2e', stack.env);
  } finally {
    await down();
  }
}

async function runShows(cleanup: Cleanup): Promise<Outcome> {
  const found: ShownResult[] = [];
  const lines: string[] = [];
  for (const show of shows) {
    const { result, table } = await runShow(show, cleanup);
    found.push(result);
    const { name, passed, failed, error } = result;
    lines.push(`${name}: ${passed} held, ${failed} did not${error ? `: ${error}` : ''}`, ...table, '');
  }
  return { ...totalOf(found), output: lines.join('\n'), shows: found };
}

/** One show on a stack of its own. One that breaks off counts as one claim that did not hold. */
async function runShow(
  { name, run }: Show,
  cleanup: Cleanup,
): Promise<{ result: ShownResult; table: readonly string[] }> {
  let down: (() => Promise<void>) | undefined;
  try {
    const stack = await startTestStack();
    down = cleanup.owe(() => stack.down());
    const { passed, failed, rows, table } = await run(stack);
    return { result: { name, passed, failed, rows }, table };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { result: { name, passed: 0, failed: 1, rows: [], error: reason }, table: [] };
  } finally {
    await down?.();
  }
}
