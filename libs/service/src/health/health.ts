import type pg from 'pg';
import type { Held } from '../hold.js';

export type ServiceState = 'starting' | 'running' | 'stopping';

export interface Readiness {
  readonly ready: boolean;
  readonly state: ServiceState;
  /** Condition -> holds. */
  readonly checks: Readonly<Record<string, boolean>>;
  /** Partitions given up until a person acts; the service itself stays ready. */
  readonly stoppedPartitions: readonly string[];
}

export interface Health {
  state(): ServiceState;
  readiness(): Promise<Readiness>;
}

export const HEALTH = Symbol('health');

const longestMs = 1_000;

async function within(work: () => boolean | Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), longestMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

const answers =
  (pool: pg.Pool): (() => Promise<boolean>) =>
  async () =>
    (await pool.query('SELECT 1')).rowCount === 1;

/**
 * Ready = started, every processing has its assignment, both databases answer, and what the service adds holds.
 * Partners outside are no part of it: their absence must not take the service out of rotation.
 */
export function createHealth(facts: {
  state: () => ServiceState;
  held: () => Held;
  pool: pg.Pool;
  keysPool: pg.Pool;
}): Health {
  return {
    state: facts.state,
    async readiness() {
      const held = facts.held();
      const conditions = new Map<string, () => boolean | Promise<boolean>>([
        ['started', () => facts.state() === 'running'],
        ['assigned', () => held.processings.every(processing => processing.isAssigned())],
        ['database', answers(facts.pool)],
        ['keys', answers(facts.keysPool)],
        ...held.checks,
      ]);
      const results = await Promise.all(
        [...conditions].map(async ([name, holds]) => [name, await within(holds)] as const),
      );
      return {
        ready: results.every(([, holds]) => holds),
        state: facts.state(),
        checks: Object.fromEntries(results),
        stoppedPartitions: held.processings.flatMap(processing => [...processing.stoppedPartitions()]),
      };
    },
  };
}
