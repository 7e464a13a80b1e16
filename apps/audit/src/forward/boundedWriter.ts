import type { AppendedRecord, EventLogWriter, OutgoingRecord } from '@anamnesis/event-log';

/** One produce request to a partition is one record batch, and the broker takes at most about 16 MiB of it. */
const maxAppendBytes = 8 * 1024 * 1024;

function* portions(records: readonly OutgoingRecord[], maxBytes: number): Generator<OutgoingRecord[]> {
  let portion: OutgoingRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.value?.length ?? 0;
    if (portion.length > 0 && bytes + size > maxBytes) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(record);
    bytes += size;
  }
  if (portion.length > 0) yield portion;
}

/**
 * Appends large batches in portions, one acknowledged before the next is sent: were a later portion to pass an
 * earlier one that failed, the earlier one's positions would fall as duplicates when appended again.
 */
export function boundedWriter(writer: EventLogWriter, maxBytes = maxAppendBytes): EventLogWriter {
  return {
    async append(records) {
      const appended: AppendedRecord[] = [];
      for (const portion of portions(records, maxBytes)) appended.push(...(await writer.append(portion)));
      return appended;
    },
    close: () => writer.close(),
  };
}
