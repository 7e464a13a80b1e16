import type { Lanes, Processing } from '@anamnesis/processing';

/**
 * What `onStart` built and the rim must watch and stop. Stopping follows one order, whatever the order here:
 * intake (with HTTP), processings, lanes, the rest in reverse.
 */
export interface Hold {
  /** Ready asks for its assignment; stopping stops it. */
  processing<T extends Processing>(processing: T): T;
  /** Stopping waits, bounded, until what is in memory has left. */
  lanes<T extends Lanes>(lanes: T): T;
  /** Something that lets work in, such as a listener: stopped first. */
  intake(name: string, stop: () => unknown): void;
  onStop(name: string, stop: () => unknown): void;
  /** A further condition of readiness. */
  check(name: string, holds: () => boolean | Promise<boolean>): void;
}

export interface Held {
  readonly processings: readonly Processing[];
  readonly lanes: readonly Lanes[];
  readonly intakes: readonly Stop[];
  readonly stops: readonly Stop[];
  readonly checks: ReadonlyMap<string, () => boolean | Promise<boolean>>;
}

export interface Stop {
  readonly name: string;
  readonly stop: () => unknown;
}

export function createHold(): Hold & { readonly held: Held } {
  const processings: Processing[] = [];
  const lanes: Lanes[] = [];
  const intakes: Stop[] = [];
  const stops: Stop[] = [];
  const checks = new Map<string, () => boolean | Promise<boolean>>();
  return {
    held: { processings, lanes, intakes, stops, checks },
    processing(one) {
      processings.push(one);
      return one;
    },
    lanes(one) {
      lanes.push(one);
      return one;
    },
    intake: (name, stop) => void intakes.push({ name, stop }),
    onStop: (name, stop) => void stops.unshift({ name, stop }),
    check: (name, holds) => void checks.set(name, holds),
  };
}
