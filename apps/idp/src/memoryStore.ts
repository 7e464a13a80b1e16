import type { Adapter, StoredPayload } from 'oidc-provider';

interface Stored {
  readonly payload: StoredPayload;
  readonly expires: number;
}

const mostEntries = 5_000;

/**
 * Sessions, codes and grants of one tenant, in memory. Each tenant has a store of its own: in a shared one, a code
 * issued by one tenant could be redeemed at another, where a user of the same name exists.
 */
export function createMemoryStore(clock: () => number): new (model: string) => Adapter {
  const entries = new Map<string, Stored>();

  const live = (key: string): StoredPayload | undefined => {
    const found = entries.get(key);
    if (!found || found.expires > clock()) return found?.payload;
    entries.delete(key);
    return undefined;
  };
  const search = (model: string, field: string, value: string): StoredPayload | undefined => {
    for (const [key, { payload }] of entries)
      if (key.startsWith(`${model} `) && payload[field] === value) return live(key);
    return undefined;
  };

  return class MemoryStore implements Adapter {
    constructor(private readonly model: string) {}

    async upsert(id: string, payload: StoredPayload, expiresIn?: number): Promise<void> {
      const expires = expiresIn === undefined ? Number.POSITIVE_INFINITY : clock() + expiresIn * 1_000;
      entries.delete(this.key(id));
      entries.set(this.key(id), { payload, expires });
      for (const oldest of entries.keys()) {
        if (entries.size <= mostEntries) break;
        entries.delete(oldest);
      }
    }

    async find(id: string): Promise<StoredPayload | undefined> {
      return live(this.key(id));
    }

    async findByUid(uid: string): Promise<StoredPayload | undefined> {
      return search(this.model, 'uid', uid);
    }

    async findByUserCode(userCode: string): Promise<StoredPayload | undefined> {
      return search(this.model, 'userCode', userCode);
    }

    async consume(id: string): Promise<void> {
      const payload = live(this.key(id));
      if (payload) payload.consumed = Math.floor(clock() / 1_000);
    }

    async destroy(id: string): Promise<void> {
      entries.delete(this.key(id));
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key);
    }

    private key(id: string): string {
      return `${this.model} ${id}`;
    }
  };
}
