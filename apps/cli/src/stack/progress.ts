import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { startInterrupted } from './errors.js';

/** Tells a person what is being done, and writes how long each step took to the launcher's log. */
export interface Progress {
  say(line: string): void;
  /** Runs a step and notes its time, also when it fails. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Lets no further step begin. */
  abort(): void;
  /** Steps so far with their milliseconds. */
  readonly figures: readonly { readonly step: string; readonly ms: number }[];
}

export function createProgress(logFile: string, write: (line: string) => void): Progress {
  let aborted = false;
  const figures: { step: string; ms: number }[] = [];
  const note = (record: Record<string, unknown>) => {
    mkdirSync(dirname(logFile), { recursive: true });
    const line = { time: new Date().toISOString(), level: 'info', service: 'launcher', ...record };
    appendFileSync(logFile, `${JSON.stringify(line)}\n`);
  };
  return {
    figures,
    say: write,
    abort() {
      aborted = true;
    },
    async step(name, work) {
      if (aborted) throw startInterrupted({});
      const startedAt = performance.now();
      let outcome = 'failed';
      try {
        const result = await work();
        outcome = 'done';
        return result;
      } finally {
        const ms = Math.round(performance.now() - startedAt);
        figures.push({ step: name, ms });
        note({ event: `step.${outcome}`, step: name, ms });
      }
    },
  };
}
