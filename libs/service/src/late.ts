import { notReady } from './errors.js';

/**
 * A value that controllers inject before it exists: the HTTP server listens first, so that health can be asked while
 * Kafka and Postgres are awaited; what `onStart` builds is put here.
 */
export interface Late<T> {
  set(value: T): void;
  /** Raised before {@link Late.set}: `ANM_NOT_READY`, answered 503. */
  get(): T;
}

export function createLate<T>(what: string): Late<T> {
  let held: { readonly value: T } | undefined;
  return {
    set(value) {
      held = { value };
    },
    get() {
      if (!held) throw notReady({ what });
      return held.value;
    },
  };
}
