import type pg from 'pg';
import { derivedId } from '@anamnesis/contracts';
import type { EventLogInspector, EventLogWriter } from '@anamnesis/event-log';
import type { RandomBytes } from '@anamnesis/keys';
import { encodeEvent } from '@anamnesis/processing';
import { watermarkTimer } from '../decide/intent.js';
import { feederName, logTopic, recordTopic, service } from '../names.js';

export interface TickerOptions {
  readonly pool: pg.Pool;
  readonly writer: EventLogWriter;
  readonly inspector: EventLogInspector;
  /** Shards whose decider runs in this process. */
  readonly owned: () => Iterable<number>;
  readonly tenantOf: (shard: number) => { readonly name: string; readonly idKey: Uint8Array } | undefined;
  readonly clock: () => number;
  readonly random: RandomBytes;
}

export interface Ticker {
  /** Appends a watermark intent for each owned shard that is due and has nothing left to forward. */
  tick(): Promise<void>;
}

const everyMs = 10_000;

/**
 * Asks the decider for watermarks: every ten seconds per owned shard, through its own log, so that a watermark
 * stands behind everything decided before it and obeys the same fence. A shard whose feeder lags gets none: the
 * streams are then really incomplete, and readers must see them grow stale.
 */
export function createTicker(options: TickerOptions): Ticker {
  const { pool, writer, inspector, owned, tenantOf, clock, random } = options;
  const last = new Map<number, number>();

  const forwarded = async (shards: readonly number[]): Promise<number[]> => {
    const ends = await inspector.ranges(recordTopic);
    const { rows } = await pool.query<{ partition: number; next: number }>(
      'SELECT partition, next FROM cursor WHERE processor = $1 AND topic = $2',
      [feederName, recordTopic],
    );
    const next = new Map(rows.map(row => [row.partition, row.next]));
    return shards.filter(shard => {
      const range = ends.find(({ partition }) => partition === shard);
      return !range || range.end === range.start || (next.get(shard) ?? 0) >= range.end;
    });
  };

  return {
    async tick() {
      const now = clock();
      const due = [...owned()].filter(shard => now - (last.get(shard) ?? -Infinity) >= everyMs);
      if (due.length === 0) return;
      const at = new Date(now).toISOString();
      const records = (await forwarded(due)).flatMap(shard => {
        const tenant = tenantOf(shard);
        if (!tenant) return [];
        const id = derivedId(tenant.idKey, 'event', ['identity.watermark', at, Buffer.from(random(8))]);
        const attributes = {
          id,
          source: service,
          type: 'timer.fired.v1' as const,
          time: at,
          partitionKey: String(shard),
          tenant: tenant.name,
          correlationId: id,
        };
        return [
          encodeEvent(
            attributes,
            { caseId: service, timer: watermarkTimer, dueAt: at, timerSeq: 0 },
            { topic: logTopic, partition: shard, key: String(shard), random },
          ),
        ];
      });
      await writer.append(records);
      for (const { partition } of records) last.set(partition, now);
    },
  };
}
