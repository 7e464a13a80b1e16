import { killShow } from '../shows/kill/killShow.js';
import { resultsShow } from '../shows/results/resultsShow.js';
import { tenantsShow } from '../shows/tenants/tenantsShow.js';
import type { TestStack } from './testStack.js';

/** What a show found: a table, for machines and for people, and how many of its claims held. */
export interface ShowResult {
  readonly passed: number;
  readonly failed: number;
  readonly rows: readonly Record<string, unknown>[];
  /** Lines of the table. */
  readonly table: readonly string[];
}

/** A claim of the product, shown on a running stack. */
export interface Show {
  readonly name: string;
  run(stack: TestStack): Promise<ShowResult>;
}

/** Every show of `./anamnesis test shows`, in order. */
export const shows: readonly Show[] = [resultsShow, killShow, tenantsShow];
