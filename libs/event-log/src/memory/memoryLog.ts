import type {
  AppendedRecord,
  EventLogInspector,
  EventLogReader,
  EventLogWriter,
  IncomingRecord,
  OutgoingRecord,
  PartitionHandler,
} from '../port.js';

/** A log in memory for tests of processing: same ports, delivered when the test says so. */
export interface MemoryLog {
  readonly writer: EventLogWriter;
  readonly reader: EventLogReader;
  readonly inspector: EventLogInspector;
  records(topic: string, partition?: number): IncomingRecord[];
  /** Makes the next `n` appends fail before anything is stored. */
  failAppends(n: number): void;
  /** Hands every undelivered record to the readers in batches of at most `size`; true when something moved. */
  deliver(size?: number): Promise<boolean>;
  /** Sets every reader back, as after a rebalance without commits. */
  redeliverFrom(offset: number): void;
}

export function createMemoryLog(clock: () => number = () => 0): MemoryLog {
  const partitions = new Map<string, IncomingRecord[]>();
  const readers: { topics: readonly string[]; handler: PartitionHandler; next: Map<string, number> }[] = [];
  let failing = 0;
  const slot = (topic: string, partition: number): string => `${topic} ${partition}`;

  const append = async (records: readonly OutgoingRecord[]): Promise<AppendedRecord[]> => {
    if (failing > 0) {
      failing -= 1;
      throw new Error('append failed on purpose');
    }
    return records.map(record => {
      const list = partitions.get(slot(record.topic, record.partition)) ?? [];
      partitions.set(slot(record.topic, record.partition), list);
      const appended = { offset: list.length, appendTime: clock() };
      list.push({ ...record, ...appended });
      return appended;
    });
  };

  return {
    writer: { append, close: async () => undefined },
    reader: {
      async run(options, handler) {
        const entry = { topics: options.topics, handler, next: new Map<string, number>() };
        readers.push(entry);
        return {
          isAssigned: () => true,
          async stop() {
            readers.splice(readers.indexOf(entry), 1);
          },
        };
      },
    },
    inspector: {
      async ranges(topic) {
        return [...partitions]
          .filter(([name]) => name.startsWith(`${topic} `))
          .map(([name, list]) => ({ partition: Number(name.split(' ')[1]), start: 0, end: list.length }));
      },
      async readAll(topic, _group, onRecords) {
        for (const [name, list] of partitions) if (name.startsWith(`${topic} `)) await onRecords(list);
      },
      close: async () => undefined,
    },
    records: (topic, partition) =>
      [...partitions]
        .filter(([name]) =>
          partition === undefined ? name.startsWith(`${topic} `) : name === slot(topic, partition),
        )
        .flatMap(([, list]) => list),
    failAppends(n) {
      failing = n;
    },
    redeliverFrom(offset) {
      for (const reader of readers) for (const key of reader.next.keys()) reader.next.set(key, offset);
    },
    async deliver(size = 100) {
      let moved = false;
      for (const reader of readers)
        for (const [name, list] of partitions) {
          const [topic = '', partition] = name.split(' ');
          if (!reader.topics.includes(topic)) continue;
          const from = reader.next.get(name) ?? 0;
          const records = list.slice(from, from + size);
          if (records.length === 0) continue;
          const batch = {
            topic,
            partition: Number(partition),
            records,
            logEnd: list.length,
            signal: new AbortController().signal,
          };
          const verdict = await reader.handler(batch);
          if (verdict.kind === 'resolved') reader.next.set(name, from + records.length);
          else reader.next.set(name, verdict.offset);
          moved ||= verdict.kind !== 'pause';
        }
      return moved;
    },
  };
}
