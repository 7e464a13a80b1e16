import type { ShowResult } from '../checks/shows.js';
import { rowTable } from './rowTable.js';

/** Collects what a show claims and what it found. */
export interface Claims {
  /** Holds when both say the same as JSON. */
  same(claim: string, expected: unknown, found: unknown): void;
  result(): ShowResult;
}

interface Row extends Record<string, unknown> {
  readonly claim: string;
  readonly expected: string;
  readonly found: string;
  readonly held: boolean;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');

/** The result of a show whose rows are each one claim. `shown` says what of a row people see. */
export function resultOf<T extends Readonly<Record<string, unknown>> & { readonly held: boolean }>(
  rows: readonly T[],
  shown: (row: T) => Record<string, unknown> = row => ({ ...row }),
): ShowResult {
  const passed = rows.filter(row => row.held).length;
  return { passed, failed: rows.length - passed, rows, table: rowTable(rows.map(shown)) };
}

export function createClaims(): Claims {
  const rows: Row[] = [];
  return {
    same(claim, expected, found) {
      const [wanted, got] = [textOf(expected), textOf(found)];
      rows.push({ claim, expected: wanted, found: got, held: wanted === got });
    },
    // What holds was found as expected: people need the expectation only where it was not.
    result: () =>
      resultOf(rows, ({ claim, expected, found, held }) => ({
        held,
        claim,
        found,
        ...(held ? {} : { expected }),
      })),
  };
}
