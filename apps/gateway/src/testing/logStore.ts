import { type IncomingRecord, type MemoryLog } from '@anamnesis/event-log';
import type { EarlierReceipt } from '../receive/decideReceipt.js';
import { union } from '../receive/earlierOf.js';
import type { EarlierReceipts } from '../store/earlierReceipts.js';
import { messageStoreTopics, sealedEvent, storedAs } from '../store/messageStore.js';

/** The message store as a fold in memory, moved on when the test says so. */
export interface LogStore extends EarlierReceipts {
  /** Folds what the log holds; returns the ends per topic and partition. */
  catchUp(): { topic: string; partition: number; next: number }[];
  /** Makes every question fail, as when Postgres is away. */
  down(is: boolean): void;
}

interface Folded {
  readonly tenant: string;
  readonly interfaceId: string;
  readonly control: string;
  readonly ids: readonly string[];
  readonly receipt: EarlierReceipt;
}

function folded(record: IncomingRecord): Folded | undefined {
  const { attributes } = sealedEvent(record);
  const table = attributes && storedAs(record.topic, attributes);
  if (!attributes || !table || table === 'failed') return undefined;
  const { facts = {} } = attributes;
  const [n = 0, of = 0] = table === 'received' ? (facts['part'] ?? '').split('/').map(Number) : [];
  return {
    tenant: attributes.tenant,
    interfaceId: attributes.subject ?? '',
    control: facts['control'] ?? '',
    ids: [attributes.id, attributes.correlationId],
    receipt: {
      content: facts['content'] ?? '',
      attempt: Number(facts['attempt']),
      state: table === 'received' ? 'accepted' : 'refused',
      parts: n > 0 ? [n] : [],
      of,
      at: record.appendTime,
      receivedAt: attributes.time,
    },
  };
}

export function createLogStore(log: MemoryLog): LogStore {
  let rows: Folded[] = [];
  let failures = new Set<string>();
  let isDown = false;
  const up = (): void => {
    if (isDown) throw new Error('the store is down on purpose');
  };
  return {
    catchUp() {
      const records = messageStoreTopics.flatMap(topic => log.records(topic));
      rows = records.flatMap(record => folded(record) ?? []);
      failures = new Set(
        records.flatMap(record => {
          const { attributes } = sealedEvent(record);
          return attributes && storedAs(record.topic, attributes) === 'failed'
            ? [attributes.facts?.['item'] ?? '']
            : [];
        }),
      );
      return records.map(({ topic, partition, offset }) => ({ topic, partition, next: offset + 1 }));
    },
    down(is) {
      isDown = is;
    },
    async find(queries) {
      up();
      return queries.map(({ tenant, interfaceId, content, control, since }) =>
        union(
          rows
            .filter(row => row.tenant === tenant && row.interfaceId === interfaceId)
            .filter(
              ({ receipt, control: own }) =>
                receipt.content === content ||
                (own === control && receipt.state !== 'refused' && receipt.at >= since),
            )
            .map(({ receipt, ids }) =>
              ids.some(id => failures.has(id)) ? { ...receipt, state: 'failed' as const } : receipt,
            ),
        ),
      );
    },
    async failed(ids) {
      up();
      return new Set(ids.map(one => one.id).filter(id => failures.has(id)));
    },
  };
}
