import type { Frame } from '../functions/function.js';
import type { Json, Spot } from '../run/built.js';
import type { Label } from '../run/label.js';
import type { Run } from '../run/run.js';
import type { CompiledTable } from './table.js';

/**
 * Adds the table's coding to a concept: the original stays first. Where the sender left the coding system out and
 * the code is the table's own, the original becomes the table's coding (a field bound to an HL7 table means it).
 */
export function addTranslation(run: Run, frame: Frame, at: Spot, label: Label, table: CompiledTable): void {
  const leaf = run.head(frame.a, frame.b, frame.depth);
  const found = leaf < 0 ? undefined : table.codes.get(run.text(leaf).trim());
  if (found === undefined) return;
  const list = (at.node.coding ??= []) as Json[];
  const original = list[0];
  const isSame = original?.system === undefined && original?.code === found.code;
  const index = original !== undefined && isSame ? 0 : list.length;
  const target: Json = index === 0 && original !== undefined ? original : {};
  for (const key of ['system', 'code', 'display'] as const) {
    if (found[key] === undefined || target[key] !== undefined) continue;
    target[key] = found[key];
    at.built.entries.push({
      path: `${at.path}.coding[${index}].${key}`,
      label,
      a: leaf,
      b: leaf + 1,
      more: undefined,
    });
  }
  if (target !== original) list.push(target);
}
