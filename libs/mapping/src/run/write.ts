import type { Built, Spot } from './built.js';
import type { Label } from './label.js';
import { here, put, walk } from './place.js';
import type { Target } from './rule.js';
import { MAPPED, type Run } from './run.js';

/** Puts a value, notes its lineage from the leaves taken; leaves the entry that it opened in {@link here}. */
export function writeAt(run: Run, target: Target, value: unknown, label: Label, at: Spot): void {
  const { head, tail } = target;
  walk(at.node, at.path, head, head.length);
  const entry = here.node;
  const entryPath = here.path;
  const path = put(entry, entryPath, tail, value);
  addEntry(run, label, path, at.built);
  if (run.remarks.length > 0) {
    const a = run.taken[0] ?? 0;
    flushRemarks(run, a, (run.taken.at(-1) ?? a) + 1, path, at.built);
  }
  here.node = entry;
  here.path = entryPath;
}

/** Puts a constant that the leaves `[a, b)` gave rise to. */
export function writeConstant(
  run: Run,
  target: Target,
  value: unknown,
  label: Label,
  a: number,
  b: number,
  at: Spot,
): void {
  const { head, tail } = target;
  walk(at.node, at.path, head, head.length);
  const entry = here.node;
  const entryPath = here.path;
  at.built.entries.push({ path: put(entry, entryPath, tail, value), label, a, b, more: undefined });
  here.node = entry;
  here.path = entryPath;
  run.use(label);
}

/** Writes a reference to another resource of the message; it comes from what that resource's id comes from. */
export function writeReference(run: Run, target: Target, other: Built, label: Label, at: Spot): void {
  const path = put(at.node, at.path, target.steps, `${other.type}/${other.id}`);
  const [a = 0, b = 0, ...more] = other.idSources;
  at.built.entries.push({ path, label, a, b, more: more.length === 0 ? undefined : more });
  run.use(label);
}

function addEntry(run: Run, label: Label, path: string, built: Built): void {
  const { taken } = run;
  run.use(label);
  if (taken.length === 1) {
    const leaf = taken[0] ?? 0;
    built.entries.push({ path, label, a: leaf, b: leaf + 1, more: undefined });
    run.mark(leaf, leaf + 1, MAPPED);
    return;
  }
  const [a = 0, b = 0, ...more] = ranges(taken);
  built.entries.push({ path, label, a, b, more: more.length === 0 ? undefined : more });
  for (const leaf of taken) run.mark(leaf, leaf + 1, MAPPED);
}

/** Leaf numbers as ranges `a, b, a, b …`; neighbours in order become one. */
export function ranges(leaves: readonly number[]): number[] {
  const found: number[] = [];
  for (const leaf of leaves) {
    if (found.length > 0 && found[found.length - 1] === leaf) found[found.length - 1] = leaf + 1;
    else found.push(leaf, leaf + 1);
  }
  return found;
}

/** Turns what functions remarked into findings about the leaves `[a, b)` and the element at `path`. */
export function flushRemarks(run: Run, a: number, b: number, path: string, built: Built): void {
  for (const remark of run.remarks) run.find(remark, a, b, `${built.type}/${built.id}${path}`);
  run.remarks = [];
}
