import type { CodeTableFile, Coding } from '../rules/types.js';

/** A code table with its entries as codings. */
export interface CompiledTable {
  readonly name: string;
  readonly system?: string;
  readonly codes: ReadonlyMap<string, Coding>;
  readonly default?: Coding;
}

export function compileTable(file: CodeTableFile): CompiledTable {
  const coding = (entry: string | Coding): Coding =>
    typeof entry === 'string'
      ? { code: entry, ...(file.system === undefined ? {} : { system: file.system }) }
      : entry;
  return {
    name: file.map,
    ...(file.system === undefined ? {} : { system: file.system }),
    codes: new Map(Object.entries(file.codes).map(([code, entry]) => [code, coding(entry)])),
    ...(file.default === undefined ? {} : { default: coding(file.default) }),
  };
}
