import type { Label } from '../run/label.js';
import type { Run } from '../run/run.js';
import type { LineageEntry, LineageSource } from './entry.js';

/** Lineage of what is not an element of a resource: effective time, identity. */
export interface MessageEntry {
  readonly target: string;
  readonly label: Label;
  readonly a: number;
  readonly b: number;
}

/** Every element of the output with its rule and its bytes, as people and callers read it. */
export function lineageEntries(run: Run, entries: readonly MessageEntry[]): LineageEntry[] {
  const source = (a: number, b: number): LineageSource => ({
    path: run.path(a, b),
    start: run.start(a),
    end: run.end(b - 1),
  });
  const own = entries.map(({ target, label, a, b }) => ({
    target,
    rule: label.text,
    map: label.map,
    source: [source(a, b)],
  }));
  const elements = run.built.flatMap(({ type, id, entries: list }) =>
    list.map(({ path, label, a, b, more }) => {
      const sources = b > a ? [source(a, b)] : [];
      for (let at = 0; more !== undefined && at + 1 < more.length; at += 2)
        sources.push(source(more[at] ?? 0, more[at + 1] ?? 0));
      return { target: `${type}/${id}${path}`, rule: label.text, map: label.map, source: sources };
    }),
  );
  return [...own, ...elements];
}

/**
 * The lineage as the text that is hashed: a flat JSON list of path, map, rule, and the bounds of each byte range. It
 * says the same as {@link lineageEntries} in a form that costs little, because the hash is taken of every message.
 */
export function lineageText(run: Run, entries: readonly MessageEntry[]): string {
  const flat: (string | number)[] = [];
  for (const { target, label, a, b } of entries)
    flat.push(target, label.map, label.text, run.start(a), run.end(b - 1));
  for (const { type, id, entries: list } of run.built) {
    flat.push(type, id);
    let map = '';
    for (const { path, label, a, b, more } of list) {
      if (label.map !== map) flat.push((map = label.map));
      flat.push(path, label.text, run.start(a), run.end(b - 1));
      for (let at = 0; more !== undefined && at + 1 < more.length; at += 2)
        flat.push(run.start(more[at] ?? 0), run.end((more[at + 1] ?? 1) - 1));
    }
  }
  return JSON.stringify(flat);
}
