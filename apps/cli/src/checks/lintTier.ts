import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './runTool.js';

/**
 * ESLint with the boundaries between projects. The rule reads the graph of projects that Nx keeps in a cache and
 * skips itself, with a warning at most, where there is none: on a clean clone. So the graph is made first.
 */
export async function lintTier(): Promise<{ passed: number; failed: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'anamnesis-graph-'));
  try {
    const graph = await runTool([
      'node_modules/nx/dist/bin/nx.js',
      'graph',
      `--file=${join(folder, 'graph.json')}`,
    ]);
    if (graph.exitCode !== 0) return { passed: 0, failed: 1, output: graph.output };
    const lint = await runTool(['node_modules/eslint/bin/eslint.js', '.']);
    const skipped = lint.output.includes('The rule will be skipped');
    const passed = lint.exitCode === 0 && !skipped;
    return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, output: lint.output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
