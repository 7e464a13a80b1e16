import { countJest, totalOf } from './result.js';

const report = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe('counting a Jest report', () => {
  it.each([
    ['passes', report, 0, { passed: 3, failed: 0, skipped: 0 }],
    ['a failed test', { ...report, numFailedTests: 1 }, 1, { passed: 3, failed: 1, skipped: 0 }],
    [
      'a suite that could not run',
      { ...report, numRuntimeErrorTestSuites: 1 },
      1,
      { passed: 3, failed: 1, skipped: 0 },
    ],
    ['a skipped test as neither', { ...report, numPendingTests: 2 }, 0, { passed: 3, failed: 0, skipped: 2 }],
    ['an exit code that nothing explains as failed', report, 1, { passed: 3, failed: 1, skipped: 0 }],
    ['a crash', undefined, 137, { passed: 0, failed: 1, skipped: 0 }],
  ])('counts %s', (_, found, exitCode, expected) => {
    expect(countJest(found, exitCode)).toEqual(expected);
  });
});

it('sums the tiers', () => {
  const tier = { tier: 'unit', passed: 2, failed: 1, seconds: 1, output: '' };
  expect(totalOf([tier, { ...tier, failed: 0 }])).toEqual({ passed: 4, failed: 1 });
});
