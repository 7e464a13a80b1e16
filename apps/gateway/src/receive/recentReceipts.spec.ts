import { createRecentReceipts, type RecentReceipt } from './recentReceipts.js';

const receipt = (offset: number, ...partitions: number[]): RecentReceipt => ({
  content: `c${offset}`,
  attempt: 1,
  state: 'accepted',
  parts: partitions.map((_, at) => at + 1),
  of: partitions.length,
  at: 0,
  receivedAt: '2026-01-01T00:00:00.000Z',
  messageId: `m${offset}`,
  places: partitions.map(partition => ({ eventId: `e${offset}`, topic: 't', partition, offset })),
});

describe('the memory of what was appended', () => {
  it('lets a receipt go when the store has passed all of its parts', () => {
    const recent = createRecentReceipts({ clock: () => 0 });
    recent.add('demo', 'k', receipt(5, 0, 1));
    recent.stored('t', 0, 6);
    expect(recent.find('demo', 'k')).toHaveLength(1);
    recent.stored('t', 1, 5);
    expect(recent.find('demo', 'k')).toHaveLength(1);
    recent.stored('t', 1, 6);
    expect(recent.find('demo', 'k')).toEqual([]);
    expect(recent.size).toBe(0);
  });

  it('keeps tenants and topics apart', () => {
    const recent = createRecentReceipts({ clock: () => 0 });
    recent.add('demo', 'k', receipt(1, 0));
    recent.stored('other', 0, 9);
    expect(recent.find('north', 'k')).toEqual([]);
    expect(recent.find('demo', 'k')).toHaveLength(1);
  });

  it('is bounded in count, the oldest go first', () => {
    const recent = createRecentReceipts({ clock: () => 0, maxCount: 10 });
    for (let offset = 0; offset < 50; offset += 1) recent.add('demo', `k${offset}`, receipt(offset, 0));
    expect(recent.size).toBe(10);
    expect(recent.find('demo', 'k0')).toEqual([]);
    expect(recent.find('demo', 'k49')).toHaveLength(1);
  });

  it('is bounded in time: another replica may fold what this one appended', () => {
    let now = 0;
    const recent = createRecentReceipts({ clock: () => now, maxAgeMs: 1_000 });
    recent.add('demo', 'old', receipt(0, 0));
    now = 5_000;
    for (let offset = 1; offset < 1_000; offset += 1) recent.add('demo', `k${offset}`, receipt(offset, 0));
    expect(recent.find('demo', 'old')).toEqual([]);
  });
});
