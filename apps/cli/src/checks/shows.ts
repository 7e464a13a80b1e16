import type { TestStack } from './testStack.js';

/** What a show found: a table for people, and how many of its claims held. */
export interface ShowResult {
  readonly passed: number;
  readonly failed: number;
  /** Lines of the table. */
  readonly table: readonly string[];
}

/** A claim of the product, shown on a running stack. */
export interface Show {
  readonly name: string;
  run(stack: TestStack): Promise<ShowResult>;
}

/** Every show of `./anamnesis test shows`, in order. Each has a file of its own below `shows/`. */
export const shows: readonly Show[] = [];
