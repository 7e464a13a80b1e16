import { createCleanup, runTiers } from './runTiers.js';

const good = { name: 'good', run: async () => ({ passed: 2, failed: 0, output: '' }) };
const broken = { name: 'broken', run: () => Promise.reject(new Error('no Java')) };

describe('a run of tiers', () => {
  it('goes on after one that breaks, and counts it as one failure with its reason', async () => {
    const seen: string[] = [];
    const results = await runTiers([broken, good], createCleanup(), result => seen.push(result.tier));
    expect(results).toMatchObject([
      { tier: 'broken', passed: 0, failed: 1, output: 'no Java' },
      { tier: 'good', passed: 2, failed: 0 },
    ]);
    expect(seen).toEqual(['broken', 'good']);
  });
});

describe('what is owed', () => {
  it('is paid once, in time or when the run is broken off', async () => {
    const paid: string[] = [];
    const cleanup = createCleanup();
    const first = cleanup.owe(async () => void paid.push('first'));
    cleanup.owe(async () => void paid.push('second'));
    await first();
    await cleanup.payAll();
    await first();
    await cleanup.payAll();
    expect(paid).toEqual(['first', 'second']);
  });
});
