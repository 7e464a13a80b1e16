import type { EarlierReceipts, ReceiptQuery } from '../store/earlierReceipts.js';
import type { EarlierReceipt } from './decideReceipt.js';
import type { RecentReceipt, RecentReceipts } from './recentReceipts.js';

export type ReceiptQuestion = Omit<ReceiptQuery, 'since'> & { readonly windowHours: number };

const hourMs = 3_600_000;

/** Receipts of the same bytes and attempt are one: its parts together, failed when any source says so. */
export function union(receipts: readonly EarlierReceipt[]): EarlierReceipt[] {
  const found = new Map<string, EarlierReceipt>();
  for (const receipt of receipts) {
    const slot = `${receipt.content} ${receipt.attempt}`;
    const before = found.get(slot);
    found.set(
      slot,
      before
        ? {
            ...before,
            state: before.state === 'failed' || receipt.state === 'failed' ? 'failed' : before.state,
            parts: [...new Set([...before.parts, ...receipt.parts])],
            of: Math.max(before.of, receipt.of),
            at: Math.max(before.at, receipt.at),
          }
        : receipt,
    );
  }
  return [...found.values()];
}

/**
 * What is known of each receipt in the store and in this process. The memory does not hear of failures further on,
 * so those are asked for by id.
 */
export async function mergeEarlier(
  questions: readonly ReceiptQuestion[],
  store: EarlierReceipts,
  recent: RecentReceipts,
  now: number,
): Promise<EarlierReceipt[][]> {
  const remembered = questions.map(({ tenant, control }) => recent.find(tenant, control));
  const suspects = questions.flatMap(({ tenant, content }, at) =>
    (remembered[at] ?? [])
      .filter(receipt => receipt.content === content && receipt.state === 'accepted')
      .flatMap(receipt => idsOf(receipt).map(id => ({ tenant, id }))),
  );
  const [stored, failed] = await Promise.all([
    store.find(questions.map(q => ({ ...q, since: now - q.windowHours * hourMs }))),
    store.failed(suspects),
  ]);
  return questions.map((_, at) =>
    union([
      ...(remembered[at] ?? []).map(receipt =>
        idsOf(receipt).some(id => failed.has(id)) ? { ...receipt, state: 'failed' as const } : receipt,
      ),
      ...(stored[at] ?? []),
    ]),
  );
}

function idsOf(receipt: RecentReceipt): string[] {
  return [...new Set([receipt.messageId, ...receipt.places.map(place => place.eventId)])];
}

/** What was decided earlier in the same batch: the same bytes twice in one batch are appended once. */
export interface BatchReceipts {
  add(tenant: string, control: string, receipt: EarlierReceipt): void;
  with(tenant: string, control: string, known: readonly EarlierReceipt[]): readonly EarlierReceipt[];
}

export function createBatchReceipts(): BatchReceipts {
  const bySlot = new Map<string, EarlierReceipt[]>();
  return {
    add(tenant, control, receipt) {
      const slot = `${tenant} ${control}`;
      const list = bySlot.get(slot);
      if (list) list.push(receipt);
      else bySlot.set(slot, [receipt]);
    },
    with(tenant, control, known) {
      const own = bySlot.get(`${tenant} ${control}`);
      return own ? union([...known, ...own]) : known;
    },
  };
}
