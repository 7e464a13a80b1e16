import { derivedId, partitionOf, topicContract, type AccessRecordedV1 } from '@anamnesis/contracts';
import type { EventLogWriter, OutgoingRecord } from '@anamnesis/event-log';
import { encodeEvent } from '@anamnesis/processing';
import type { RandomBytes } from '@anamnesis/keys';
import { auditUnavailable } from '../errors.js';
import type { Tenants } from '../tenants.js';

/** One access as its service knows it; incarnation and number are the ledger's. */
export type AccessFacts = Omit<AccessRecordedV1, 'incarnation' | 'n'> & {
  /** Tenant of the caller, whose shard keeps the event. */
  readonly tenant: string;
  /** Message or case that the access is about, when there is one. */
  readonly correlationId?: string;
  readonly traceparent?: string;
};

/** Reads, denials and acts of this process, on their way to `audit.access.<service>`. */
export interface AccessLedger {
  /**
   * Resolves when the event is durable; only then may the caller answer.
   * Raised when that does not happen in time: `ANM_AUDIT_UNAVAILABLE` (503). The event still goes out when the log
   * comes back, under the number it has: the ledger may name an access that was not answered, never the reverse.
   */
  record(facts: AccessFacts): Promise<void>;
  /** Resolves when nothing waits, or rejects when the log does not take what waits. */
  flush(): Promise<void>;
}

export interface AccessLedgerOptions {
  readonly service: string;
  readonly tenants: Tenants;
  readonly writer: EventLogWriter;
  readonly clock: () => number;
  readonly random: RandomBytes;
  readonly deadlineMs?: number;
  readonly maxWaiting?: number;
}

interface Waiting {
  readonly record: OutgoingRecord;
  readonly settle: (error?: unknown) => void;
}

const retryMs = 1_000;
/** Form of our own ids. Anything else in an address was typed by somebody and may be a number of a patient. */
const ownId = /^[a-z2-7]{32}$/;

function payloadOf(facts: AccessFacts, incarnation: string, n: number): AccessRecordedV1 {
  const { actor, purpose, action, resourceType, resourceId, hits, outcome, decision } = facts;
  const id = resourceId === undefined || ownId.test(resourceId) ? resourceId : 'not-an-id';
  return { actor, purpose, action, resourceType, resourceId: id, hits, outcome, decision, incarnation, n };
}

/** Numbers accesses without a hole and appends them in that order, whatever waits in one batch. */
export function createAccessLedger(options: AccessLedgerOptions): AccessLedger {
  const { service, tenants, writer, clock, random, deadlineMs = 5_000, maxWaiting = 10_000 } = options;
  const topic = `audit.access.${service}`;
  const incarnation = Buffer.from(random(10)).toString('hex');
  let queue: Waiting[] = [];
  let n = 0;
  let sending: Promise<void> | undefined;

  /**
   * A failed batch stays in front: its records may be in the log already, and audit drops repeats by edgeSeq.
   * `sending` is cleared in the same turn that finds the queue empty: cleared a turn later, an access recorded in
   * between would wait for the next one.
   */
  const send = async (): Promise<void> => {
    try {
      while (queue.length > 0) {
        const batch = [...queue];
        await writer.append(batch.map(waiting => waiting.record));
        queue = queue.slice(batch.length);
        for (const waiting of batch) waiting.settle();
      }
    } catch (error) {
      for (const waiting of queue) waiting.settle(auditUnavailable({ reason: 'log unavailable' }, error));
      setTimeout(() => void pump().catch(() => undefined), retryMs).unref();
      throw error;
    } finally {
      sending = undefined;
    }
  };
  const pump = (): Promise<void> => (sending ??= Promise.resolve().then(send));

  const encode = (facts: AccessFacts): OutgoingRecord => {
    const tenant = tenants.get(facts.tenant);
    if (!tenant) throw auditUnavailable({ reason: 'tenant unknown' });
    const id = derivedId(tenant.idKey, 'event', ['access', service, incarnation, String(n)]);
    return encodeEvent(
      {
        id,
        source: service,
        type: 'access.recorded.v1',
        time: new Date(clock()).toISOString(),
        partitionKey: id,
        tenant: tenant.name,
        correlationId: facts.correlationId ?? id,
        edgeSeq: `${incarnation}:${n}`,
        traceparent: facts.traceparent,
        facts: { action: facts.action, outcome: facts.outcome },
      },
      payloadOf(facts, incarnation, n),
      { topic, partition: partitionOf(topicContract(topic).layout, tenant.shard, id), key: id, random },
    );
  };

  return {
    record: facts =>
      new Promise((resolve, reject) => {
        if (queue.length >= maxWaiting) throw auditUnavailable({ reason: 'too many accesses wait' });
        const record = encode(facts);
        n += 1;
        const late = setTimeout(() => reject(auditUnavailable({ reason: 'log too slow' })), deadlineMs);
        const settle = (error?: unknown): void => {
          clearTimeout(late);
          if (error === undefined) resolve();
          else reject(error);
        };
        queue.push({ record, settle });
        pump().catch(() => undefined);
      }),
    flush: () => (queue.length === 0 ? Promise.resolve() : pump()),
  };
}
