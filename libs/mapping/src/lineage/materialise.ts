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
    list.map(({ path, label, a, b, more = [] }) => {
      const sources = b > a ? [source(a, b)] : [];
      for (let at = 0; at + 1 < more.length; at += 2) sources.push(source(more[at] ?? 0, more[at + 1] ?? 0));
      return { target: `${type}/${id}${path}`, rule: label.text, map: label.map, source: sources };
    }),
  );
  return [...own, ...elements];
}

/**
 * The lineage as the text that is hashed: one line per element with path, rule and byte spans. It says the same as
 * {@link lineageEntries} in fewer bytes, because the hash is taken of every message.
 */
export function lineageText(run: Run, entries: readonly MessageEntry[]): string {
  let text = '';
  for (const { target, label, a, b } of entries)
    text += `${target} ${label.map} ${label.text} ${run.start(a)}-${run.end(b - 1)}\n`;
  for (const { type, id, entries: list } of run.built) {
    text += `${type}/${id}\n`;
    let map = '';
    for (const { path, label, a, b, more } of list) {
      if (label.map !== map) {
        map = label.map;
        text += `${map}\n`;
      }
      text += `${path} ${label.text} ${run.start(a)}-${run.end(b - 1)}`;
      for (let at = 0; more !== undefined && at + 1 < more.length; at += 2)
        text += ` ${run.start(more[at] ?? 0)}-${run.end((more[at + 1] ?? 1) - 1)}`;
      text += '\n';
    }
  }
  return text;
}
