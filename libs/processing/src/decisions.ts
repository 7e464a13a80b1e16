import pg from 'pg';
import { decisionChannel } from './decider.js';

export interface Decision {
  readonly intentId: string;
  readonly seq: number;
  readonly outcome: string;
  readonly response: unknown;
}

/** Waits, bounded, for the decision on an intent, whichever replica decides it. */
export interface Decisions {
  find(intentId: string): Promise<Decision | undefined>;
  /** The decision, or undefined when `milliseconds` passed without one: answer 503 with Retry-After. */
  wait(intentId: string, milliseconds: number): Promise<Decision | undefined>;
  /** Wakes the waiters of this process at once; other replicas learn by NOTIFY. */
  wake(): void;
  stop(): Promise<void>;
}

/** A lost notification costs at most this long. */
const pollMs = 250;

export async function createDecisions(pool: pg.Pool, url: string): Promise<Decisions> {
  const waiters = new Map<string, ((decision: Decision) => void)[]>();
  let looking = false;
  let again = false;

  const answer = async (): Promise<void> => {
    if (waiters.size === 0) return;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    try {
      do {
        again = false;
        const { rows } = await pool.query<{
          intent_id: string;
          seq: number;
          outcome: string;
          response: unknown;
        }>('SELECT intent_id, seq, outcome, response FROM decision WHERE intent_id = ANY($1)', [
          [...waiters.keys()],
        ]);
        for (const row of rows) {
          const decision = {
            intentId: row.intent_id,
            seq: row.seq,
            outcome: row.outcome,
            response: row.response,
          };
          for (const resolve of waiters.get(row.intent_id) ?? []) resolve(decision);
          waiters.delete(row.intent_id);
        }
      } while (again);
    } catch {
      // The next poll asks again; the caller's wait is bounded.
    } finally {
      looking = false;
    }
  };

  let listener: pg.Client | undefined;
  const listen = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url, application_name: 'anamnesis-decisions' });
    client.on('notification', () => void answer());
    client.on('error', () => {
      listener = undefined;
    });
    await client.connect();
    await client.query(`LISTEN ${decisionChannel}`);
    listener = client;
  };
  await listen();
  const poll = setInterval(() => {
    if (!listener) void listen().catch(() => undefined);
    void answer();
  }, pollMs);

  return {
    async find(intentId) {
      const { rows } = await pool.query<{ seq: number; outcome: string; response: unknown }>(
        'SELECT seq, outcome, response FROM decision WHERE intent_id = $1',
        [intentId],
      );
      return rows[0] && { intentId, ...rows[0] };
    },
    wait(intentId, milliseconds) {
      return new Promise(resolve => {
        const done = (decision: Decision | undefined): void => {
          clearTimeout(timer);
          const left = (waiters.get(intentId) ?? []).filter(one => one !== done);
          if (left.length > 0) waiters.set(intentId, left);
          else waiters.delete(intentId);
          resolve(decision);
        };
        const timer = setTimeout(() => done(undefined), milliseconds);
        waiters.set(intentId, [...(waiters.get(intentId) ?? []), done]);
      });
    },
    wake: () => void answer(),
    async stop() {
      clearInterval(poll);
      await listener?.end();
    },
  };
}
