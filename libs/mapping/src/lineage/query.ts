import type { LineageEntry } from './entry.js';

const pattern = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+)(?:\[(\d+)\])?(?:\.(\d+)(?:\.(\d+))?)?)?$/;

/** Segment name, then occurrence, field, repetition, component, subcomponent; undefined where nothing is written. */
type Place = readonly [string, ...(number | undefined)[]];

function parse(path: string): Place | null {
  const match = pattern.exec(path);
  if (match === null) return null;
  const numbers = [2, 3, 4, 5, 6].map(group =>
    match[group] === undefined ? undefined : Number(match[group]),
  );
  return [match[1] ?? '', ...numbers];
}

/**
 * Where a source field went: every entry that comes from the path, from a part of it, or from a whole that holds it.
 * `PID-11` finds all of the address, `PID-11[2].3` the city of the second, `OBX` every observation. An empty list for
 * a path that is none, or that nothing came from.
 */
export function invert(lineage: readonly LineageEntry[], path: string): LineageEntry[] {
  const asked = parse(path);
  if (asked === null) return [];
  return lineage.filter(({ source }) =>
    source.some(one => {
      const place = parse(one.path);
      return place !== null && meets(asked, place);
    }),
  );
}

function meets(asked: Place, source: Place): boolean {
  if (asked[0] !== source[0]) return false;
  for (let level = 1; level < source.length; level += 1) {
    const wanted = asked[level];
    const given = source[level];
    if (wanted === undefined || wanted === given) continue;
    // Not written means the only one, or the whole: a whole has nothing written behind it either.
    if (given === undefined && (wanted === 1 || source.slice(level + 1).every(one => one === undefined)))
      continue;
    return false;
  }
  return true;
}

/**
 * What an element of the output came from: the entries of the element and of everything below it
 * (`Patient/<id>.name[0]`, `Patient/<id>.name[0].family`, or a whole resource).
 */
export function explainField(lineage: readonly LineageEntry[], targetPath: string): LineageEntry[] {
  return lineage.filter(
    ({ target }) =>
      target === targetPath || target.startsWith(`${targetPath}.`) || target.startsWith(`${targetPath}[`),
  );
}
