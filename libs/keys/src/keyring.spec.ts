import { randomBytes } from 'node:crypto';
import { hasCode } from '@anamnesis/contracts';
import type { KeyStore, StoredKey } from './keyStore.js';
import { createKeyring } from './keyring.js';

function memoryStore(rows: StoredKey[] = []): KeyStore & { rows: StoredKey[] } {
  return {
    rows,
    async newest(owners) {
      return owners.flatMap(({ tenant, owner }) =>
        rows
          .filter(r => r.tenant === tenant && r.owner === owner)
          .sort((a, b) => b.generation - a.generation)
          .slice(0, 1),
      );
    },
    async byGeneration(keys) {
      return rows.filter(r =>
        keys.some(k => k.tenant === r.tenant && k.owner === r.owner && k.generation === r.generation),
      );
    },
    async create(keys) {
      for (const { tenant, owner, generation, wrapped } of keys)
        if (!rows.some(r => r.tenant === tenant && r.owner === owner && r.generation === generation))
          rows.push({ tenant, owner, generation, wrapped, state: 'open' });
    },
  };
}

const masters: Record<string, Buffer> = { demo: randomBytes(32), north: randomBytes(32) };
const ring = (store: KeyStore) =>
  createKeyring({ store, masterKey: tenant => masters[tenant] as Buffer, random: randomBytes, cacheMs: 1 });

describe('the keyring', () => {
  it('gives one key per source record, the same to every process', async () => {
    const store = memoryStore();
    const first = (await ring(store).forSealing([{ tenant: 'demo', owner: 'a' }])).get('a');
    const second = (await ring(store).forSealing([{ tenant: 'demo', owner: 'a' }])).get('a');
    expect(second).toEqual(first);
    expect(first?.id).toBe('a.1');
  });

  it('keeps tenants apart even for the same owner', async () => {
    const store = memoryStore();
    const demo = (await ring(store).forSealing([{ tenant: 'demo', owner: 'a' }])).get('a');
    const north = (await ring(store).forSealing([{ tenant: 'north', owner: 'a' }])).get('a');
    expect(north?.key.equals(demo?.key as Buffer)).toBe(false);
  });

  it('answers erased for a destroyed key, and opens the next generation for what comes later', async () => {
    const store = memoryStore();
    await ring(store).forSealing([{ tenant: 'demo', owner: 'a' }]);
    store.rows[0] = { ...(store.rows[0] as StoredKey), wrapped: null, state: 'destroyed' };
    const opened = await ring(store).forOpening([{ tenant: 'demo', keyId: 'a.1', eventId: 'e' }]);
    expect(opened.get('a.1')).toBe('erased');
    expect((await ring(store).forSealing([{ tenant: 'demo', owner: 'a' }])).get('a')?.id).toBe('a.2');
  });

  it('stops on a key id that was never issued, because the store is then older than the log', async () => {
    const error = await ring(memoryStore())
      .forOpening([{ tenant: 'demo', keyId: 'nobody.1', eventId: 'e' }])
      .catch((e: unknown) => e);
    expect(hasCode(error, 'ANM_KEY_UNKNOWN')).toBe(true);
  });
});
