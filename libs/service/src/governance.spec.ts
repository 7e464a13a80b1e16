import { createGovernance } from './governance.js';
import { governanceRecord, governedLog } from './testing.js';

const activation = (version: number) => ({
  interface: 'adt-main',
  tenant: 'demo',
  version,
  plan: `plan-${version}`,
  contract: { id: 'adt-main' },
});

describe('governance', () => {
  it('knows epochs, shards, plans and the newest activation of an interface', async () => {
    const log = await governedLog();
    await log.writer.append([
      governanceRecord('plan.published.v1', { hash: 'plan-2', content: { maps: [] } }),
    ]);
    await log.writer.append([governanceRecord('interface.activated.v1', activation(1))]);
    await log.writer.append([governanceRecord('interface.activated.v1', activation(2))]);
    await log.writer.append([
      governanceRecord('topic.created.v1', { topic: 'records.log', epoch: 'e2', partitions: 4 }),
    ]);
    const governance = createGovernance(log.inspector, 'records', () => 0);
    await governance.refresh();
    expect(governance.epochOf('records.log')).toBe('e2');
    expect(governance.epochOf('records.events')).toBe('e1');
    expect(() => governance.epochOf('unheard.of')).toThrow('no topic.created event');
    expect(governance.shardOf('north')).toBe(1);
    expect(governance.plan('plan-2')).toEqual({ maps: [] });
    expect(governance.plan('plan-3')).toBeUndefined();
    expect(governance.interface('adt-main')?.plan).toBe('plan-2');
    expect(governance.interfaces()).toHaveLength(1);
  });

  it('reads again when asked, but not for every stranger who asks', async () => {
    const log = await governedLog();
    let readings = 0;
    let time = 0;
    const inspector = {
      ...log.inspector,
      readAll: (...asked: Parameters<typeof log.inspector.readAll>) => {
        readings += 1;
        return log.inspector.readAll(...asked);
      },
    };
    const governance = createGovernance(inspector, 'records', () => time);
    await Promise.all([governance.refresh(), governance.refresh()]);
    expect(readings).toBe(1);
    await log.writer.append([governanceRecord('interface.activated.v1', activation(1))]);
    await governance.refresh();
    expect(governance.interface('adt-main')).toBeUndefined();
    time = 1_000;
    await governance.refresh();
    expect(readings).toBe(2);
    expect(governance.interface('adt-main')?.version).toBe(1);
  });

  it('keeps what it knows when a reading fails', async () => {
    const log = await governedLog();
    let time = 0;
    let broken = false;
    const inspector = {
      ...log.inspector,
      readAll: async (...asked: Parameters<typeof log.inspector.readAll>) => {
        if (broken) throw new Error('away');
        return log.inspector.readAll(...asked);
      },
    };
    const governance = createGovernance(inspector, 'records', () => time);
    await governance.refresh();
    broken = true;
    time = 5_000;
    await expect(governance.refresh()).rejects.toThrow('away');
    expect(governance.epochOf('records.log')).toBe('e1');
  });
});
