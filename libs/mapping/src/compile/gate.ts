import type { CompiledRule } from '../run/rule.js';
import { parseSource } from './sourcePath.js';

/** A rule applies only when one field of the segment has one of these values. */
export interface Gate {
  readonly field: number;
  readonly values: ReadonlySet<string>;
}

const gatePattern =
  /^\s*(?:IF\s+)?([A-Z][A-Z0-9]{2}-\d+)\s+(?:EQUALS\s+("[^"]*")|IN\s+\(([^)]*)\))\s*(?:AND\s|$)/;

/**
 * The gate of a condition that begins with `OBX-2 EQUALS "NM" AND …` or `OBX-2 IN (…)`. Rules behind a closed gate
 * need not be looked at: a segment like OBX has a score of rules of which two or three apply.
 */
export function gateOf(condition: string | undefined, root: string): Gate | undefined {
  if (condition === undefined) return undefined;
  const match = gatePattern.exec(condition);
  const source = match === null ? null : parseSource(match[1] ?? '');
  if (match === null || source?.root !== root) return undefined;
  if (/\sOR\s/.test(condition.replace(/\([^()]*\)/g, ''))) return undefined;
  const list = match[2] ?? match[3] ?? '';
  return { field: source.field, values: new Set([...list.matchAll(/"([^"]*)"/g)].map(one => one[1] ?? '')) };
}

/** Rules of a segment map that may apply, by the value of the field that gates most of them. */
export interface GatedRules {
  /** 0: no rule is gated. */
  readonly field: number;
  rulesFor(value: string): readonly CompiledRule[];
}

const mostValues = 200;

export function gateRules(rules: readonly { rule: CompiledRule; gate: Gate | undefined }[]): GatedRules {
  const all = rules.map(({ rule }) => rule);
  const counts = new Map<number, number>();
  for (const { gate } of rules) if (gate) counts.set(gate.field, (counts.get(gate.field) ?? 0) + 1);
  const field = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  if (field === 0) return { field, rulesFor: () => all };
  const byValue = new Map<string, readonly CompiledRule[]>();
  return {
    field,
    rulesFor(value) {
      const known = byValue.get(value);
      if (known !== undefined) return known;
      const open = rules
        .filter(({ gate }) => gate === undefined || gate.field !== field || gate.values.has(value))
        .map(({ rule }) => rule);
      if (byValue.size >= mostValues) byValue.clear();
      byValue.set(value, open);
      return open;
    },
  };
}
