import { LRUCache } from 'lru-cache';
import { keyOf, type StoredResource } from '../decide/types.js';

/** What a shard's decider remembers between batches; dropped whenever it may not be what the database says. */
export interface ShardCache {
  readonly current: LRUCache<string, StoredResource>;
  /** Replaced record -> survivor. Merges are few: all of a tenant are kept. */
  readonly merged: Map<string, string>;
  readonly tenantsWithMerges: Set<string>;
}

export interface StateCache {
  of(shard: number): ShardCache;
  drop(shard: number): void;
}

export function createStateCache(maxResources = 50_000): StateCache {
  const shards = new Map<number, ShardCache>();
  return {
    of(shard) {
      let cache = shards.get(shard);
      if (!cache) {
        cache = {
          current: new LRUCache({ max: maxResources }),
          merged: new Map(),
          tenantsWithMerges: new Set(),
        };
        shards.set(shard, cache);
      }
      return cache;
    },
    drop: shard => void shards.delete(shard),
  };
}

/** Keeps what later decisions look at: the content of Patients, of all others only the facts about them. */
export function remember(cache: ShardCache, stored: StoredResource): void {
  const { body, ...facts } = stored;
  const key = keyOf(stored.tenant, stored.type, stored.id);
  cache.current.set(key, stored.type === 'Patient' ? { ...facts, body } : facts);
}
