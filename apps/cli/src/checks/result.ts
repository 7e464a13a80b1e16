/** What one show found, for machines: its table row by row. A show that broke off says why and has no rows. */
export interface ShownResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly rows: readonly Record<string, unknown>[];
  readonly error?: string;
}

/** What came of one tier. A tool that ends without saying what it counted is one failed test. */
export interface TierResult {
  readonly tier: string;
  readonly passed: number;
  readonly failed: number;
  /** Tests that said why they cannot run here. */
  readonly skipped?: number;
  readonly seconds: number;
  /** Of the tier `shows`. */
  readonly shows?: readonly ShownResult[];
  /** What the tool wrote: shown when something failed. */
  readonly output: string;
}

export function totalOf(results: readonly { readonly passed: number; readonly failed: number }[]): {
  passed: number;
  failed: number;
} {
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failed: results.reduce((sum, result) => sum + result.failed, 0),
  };
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/**
 * Counts of a Jest report. A suite that could not run counts as one failure; a skipped test as neither, and is
 * told. Undefined report: Jest itself crashed. The exit code has the last word.
 */
export function countJest(
  report: JestReport | undefined,
  exitCode: number,
): { passed: number; failed: number; skipped: number } {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
