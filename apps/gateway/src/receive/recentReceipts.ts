import type { EarlierReceipt } from './decideReceipt.js';

export interface Place {
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A receipt whose parts are being appended, or are in the log but perhaps not yet in the store. */
export interface RecentReceipt extends EarlierReceipt {
  readonly messageId: string;
  /** The events that this process appended for it, and where they stand. */
  readonly places: readonly Place[];
}

/**
 * What this process appended and the store may not have folded yet. Bounded: a receipt leaves when the projection
 * has passed it, at the latest after `maxAgeMs` (the projection of another replica may be the one that passed it;
 * a resend that slips through meets translation's memory of edge ids).
 */
export interface RecentReceipts {
  find(tenant: string, control: string): readonly RecentReceipt[];
  add(tenant: string, control: string, receipt: RecentReceipt): void;
  /** The store has everything of the partition below `next`. */
  stored(topic: string, partition: number, next: number): void;
  readonly size: number;
}

export interface RecentOptions {
  readonly clock: () => number;
  readonly maxAgeMs?: number;
  readonly maxCount?: number;
}

interface Entry {
  readonly slot: string;
  readonly receipt: RecentReceipt;
  readonly added: number;
  /** Parts that the store has not passed. */
  waiting: number;
}

export function createRecentReceipts({
  clock,
  maxAgeMs = 600_000,
  maxCount = 100_000,
}: RecentOptions): RecentReceipts {
  const bySlot = new Map<string, Entry[]>();
  /** In order of appending, per partition, so that passing a partition touches only what leaves. */
  const byPartition = new Map<string, { offset: number; entry: Entry }[]>();
  let size = 0;

  const remove = (entry: Entry): void => {
    const left = (bySlot.get(entry.slot) ?? []).filter(one => one !== entry);
    if (left.length > 0) bySlot.set(entry.slot, left);
    else bySlot.delete(entry.slot);
    size -= 1;
  };
  const settle = (entry: Entry): void => {
    entry.waiting -= 1;
    if (entry.waiting === 0) remove(entry);
  };
  const expire = (): void => {
    const before = clock() - maxAgeMs;
    for (const [slot, list] of byPartition) {
      let gone = 0;
      while (gone < list.length && (size > maxCount || (list[gone]?.entry.added ?? 0) < before)) {
        settle((list[gone] as { entry: Entry }).entry);
        gone += 1;
      }
      if (gone > 0) byPartition.set(slot, list.slice(gone));
    }
  };

  return {
    get size() {
      return size;
    },
    find: (tenant, control) => (bySlot.get(`${tenant} ${control}`) ?? []).map(entry => entry.receipt),
    add(tenant, control, receipt) {
      const slot = `${tenant} ${control}`;
      const entry: Entry = { slot, receipt, added: clock(), waiting: receipt.places.length };
      bySlot.set(slot, [...(bySlot.get(slot) ?? []), entry]);
      size += 1;
      for (const { topic, partition, offset } of receipt.places) {
        const list = byPartition.get(`${topic} ${partition}`) ?? [];
        byPartition.set(`${topic} ${partition}`, list);
        list.push({ offset, entry });
      }
      if (size > maxCount || size % 1_000 === 0) expire();
    },
    stored(topic, partition, next) {
      const slot = `${topic} ${partition}`;
      const list = byPartition.get(slot);
      if (!list) return;
      let gone = 0;
      while (gone < list.length && (list[gone]?.offset ?? 0) < next) {
        settle((list[gone] as { entry: Entry }).entry);
        gone += 1;
      }
      if (gone > 0) byPartition.set(slot, list.slice(gone));
    },
  };
}
