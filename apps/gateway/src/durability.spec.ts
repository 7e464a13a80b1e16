import { judgeDurability } from './durability.js';

const three = { replicas: 3, minInSync: 2, uncleanElection: false };

describe('the durability of an acknowledged message', () => {
  it('is said to end with the power in the embedded profile, and answers are given', () => {
    const { holds, sentence } = judgeDurability('embedded', { replicas: 1 });
    expect(holds).toBe(true);
    expect(sentence).toContain('not of power');
  });

  it('holds in production with three replicas of which two are in sync', () => {
    expect(judgeDurability('production', three).holds).toBe(true);
  });

  it.each([
    ['two replicas', { ...three, replicas: 2 }, '2 of 3 replicas'],
    ['one in sync', { ...three, minInSync: 1 }, 'min.insync.replicas 1'],
    ['unclean election', { ...three, uncleanElection: true }, 'unclean'],
    ['facts that may not be read', { replicas: 3 }, 'DescribeConfigs'],
  ])('does not hold in production with %s, and says why', (_what, found, why) => {
    const { holds, sentence } = judgeDurability('production', found);
    expect(holds).toBe(false);
    expect(sentence).toContain(why);
  });
});
