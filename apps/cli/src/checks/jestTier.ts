import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countJest } from './result.js';
import { runTool } from './runTool.js';

/** Runs the tests of one suffix and counts them. */
export async function jestTier(
  tier: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ passed: number; failed: number; skipped: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'anamnesis-jest-'));
  const reportFile = join(folder, 'report.json');
  try {
    const run = await runTool(
      [
        'tools/jest.mjs',
        '--tier',
        tier,
        '--json',
        `--outputFile=${reportFile}`,
        '--passWithNoTests',
        '--silent',
      ],
      env,
    );
    const report = await readFile(reportFile, 'utf8').then(
      text => JSON.parse(text) as Parameters<typeof countJest>[0],
      () => undefined,
    );
    return { ...countJest(report, run.exitCode), output: readable(run.output) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without the report itself, which Jest also prints, and without the suites that passed. */
function readable(output: string): string {
  return output
    .split('\n')
    .filter(line => !/^(PASS |\{"numFailedTestSuites|Test results written to)/.test(line))
    .join('\n');
}
