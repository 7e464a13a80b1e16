import { checkPayload, fromHeaders, type EventAttributes } from '@anamnesis/contracts';
import { createMemoryLog, type MemoryLog } from '@anamnesis/event-log';
import { twoTenants } from '../testing.js';
import { createAccessLedger, type AccessFacts, type AccessLedgerOptions } from './accessLedger.js';

const tenants = twoTenants();
const ownId = 'abcdefghijklmnopqrstuvwxyz234567';
const facts: AccessFacts = {
  tenant: 'demo',
  actor: { sub: 'nora', roles: ['clinician'] },
  purpose: 'TREAT',
  action: 'read',
  resourceType: 'Patient',
  resourceId: ownId,
  hits: [`Patient/${ownId}`],
  outcome: 'permit',
  decision: { policySet: 'p', policySetHash: 'h', rule: 'r', reasons: [], inputAgeMs: 0 },
};

function ledgerOver(log: MemoryLog, change: Partial<AccessLedgerOptions> = {}) {
  let drawn = 0;
  return createAccessLedger({
    service: 'records',
    tenants,
    writer: log.writer,
    clock: () => 1_767_225_600_000,
    random: size => new Uint8Array(size).fill((drawn += 1)),
    ...change,
  });
}

function written(log: MemoryLog) {
  return log.records('audit.access.records').map(record => ({
    partition: record.partition,
    attributes: fromHeaders(record.headers) as EventAttributes,
    payload: checkPayload('access.recorded.v1', JSON.parse(String(record.value)), 'closed'),
  }));
}

describe('the access ledger', () => {
  it('writes one event in clear, on the shard of the tenant, under its number', async () => {
    const log = createMemoryLog();
    await ledgerOver(log).record({ ...facts, tenant: 'north' });
    const [event] = written(log);
    expect(event?.partition).toBe(1);
    expect(event?.payload).toMatchObject({ n: 0, hits: [`Patient/${ownId}`], outcome: 'permit' });
    expect(event?.attributes).toMatchObject({ tenant: 'north', edgeSeq: `${event?.payload.incarnation}:0` });
    expect(event?.attributes.keyId).toBeUndefined();
  });

  it('numbers without a hole and sends what waits in one append', async () => {
    const log = createMemoryLog();
    let appends = 0;
    const writer = {
      ...log.writer,
      append: (records: Parameters<typeof log.writer.append>[0]) => {
        appends += 1;
        return log.writer.append(records);
      },
    };
    const ledger = ledgerOver(log, { writer });
    await Promise.all(Array.from({ length: 50 }, () => ledger.record(facts)));
    const numbers = written(log).map(({ payload }) => payload.n);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(appends).toBe(1);
  });

  it('gives every process start an incarnation of its own', async () => {
    const log = createMemoryLog();
    await ledgerOver(log).record(facts);
    await ledgerOver(log, { random: size => new Uint8Array(size).fill(99) }).record(facts);
    expect(new Set(written(log).map(({ payload }) => payload.incarnation)).size).toBe(2);
  });

  it('keeps what somebody typed in place of an id out of the log', async () => {
    const log = createMemoryLog();
    await ledgerOver(log).record({ ...facts, resourceId: 'MRN-4711', hits: [] });
    expect(JSON.stringify(written(log))).not.toContain('4711');
  });

  it('fails closed, and writes the refused access later under the same number', async () => {
    const log = createMemoryLog();
    const ledger = ledgerOver(log);
    log.failAppends(1);
    await expect(ledger.record(facts)).rejects.toMatchObject({ code: 'ANM_AUDIT_UNAVAILABLE' });
    expect(written(log)).toEqual([]);
    await ledger.record(facts);
    expect(written(log).map(({ payload }) => payload.n)).toEqual([0, 1]);
    expect(new Set(written(log).map(({ attributes }) => attributes.id)).size).toBe(2);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'never leaves an access behind that comes %i turns after another',
    async turns => {
      const log = createMemoryLog();
      const ledger = ledgerOver(log, { deadlineMs: 200 });
      for (let count = 0; count < 3; count += 1) {
        await ledger.record(facts);
        for (let turn = 0; turn < turns; turn += 1) await undefined;
      }
      expect(written(log)).toHaveLength(3);
    },
  );

  it('does not let a caller wait for a log that hangs', async () => {
    const log = createMemoryLog();
    const writer = { ...log.writer, append: () => new Promise<never>(() => undefined) };
    await expect(ledgerOver(log, { writer, deadlineMs: 20 }).record(facts)).rejects.toMatchObject({
      code: 'ANM_AUDIT_UNAVAILABLE',
    });
  });

  it('refuses when too many wait, without drawing a number', async () => {
    const log = createMemoryLog();
    const ledger = ledgerOver(log, { maxWaiting: 1 });
    const first = ledger.record(facts);
    await expect(ledger.record(facts)).rejects.toMatchObject({ code: 'ANM_AUDIT_UNAVAILABLE' });
    await first;
    await ledger.record(facts);
    expect(written(log).map(({ payload }) => payload.n)).toEqual([0, 1]);
  });
});
