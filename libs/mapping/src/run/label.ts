/**
 * A rule as lineage names it: `PID-5`, or `PID-5/XPN.1` when a datatype map worked inside it. Interned per plan, so
 * that a lineage entry costs no string.
 */
export interface Label {
  readonly text: string;
  /** Map of the outermost rule. */
  readonly map: string;
  /** Numbers of the rules involved. */
  readonly numbers: readonly number[];
  readonly inner: Map<number, Label>;
}

export function outerLabel(map: string, id: string, number: number): Label {
  return { text: id, map, numbers: [number], inner: new Map() };
}

/** The label of a rule that works inside another. */
export function innerLabel(outer: Label, id: string, number: number): Label {
  const known = outer.inner.get(number);
  if (known !== undefined) return known;
  const label: Label = {
    text: `${outer.text}/${id}`,
    map: outer.map,
    numbers: [...outer.numbers, number],
    inner: new Map(),
  };
  outer.inner.set(number, label);
  return label;
}
