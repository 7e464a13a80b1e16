type Json = unknown;

/** `name[0].given[1]` -> ['name', 0, 'given', 1]. */
export function pathSteps(path: string): (string | number)[] {
  return path
    .split('.')
    .flatMap(part => {
      const [name = '', ...indices] = part.split('[');
      return [name, ...indices.map(text => Number(text.replace(']', '')))];
    })
    .filter(step => step !== '');
}

/** The value at a path of a resource, or undefined. */
export function valueAt(resource: Json, path: string): Json {
  let at: Json = resource;
  for (const step of pathSteps(path)) {
    if (at === null || typeof at !== 'object') return undefined;
    at = Array.isArray(at) ? (at as Json[])[Number(step)] : (at as Record<string, Json>)[String(step)];
  }
  return at;
}

/** Equal as JSON values: members in any order. */
export function sameValue(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), Object.keys(b)];
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && sameValue(value, (b as Record<string, Json>)[key]))
  );
}

function withoutIndices(path: string): string {
  return path.replace(/\[\d+\]/g, '');
}

/**
 * The element paths that a person's path may mean: itself, else paths that differ by indices alone
 * (`name.family` for `name[0].family`), else everything beneath it (`valueQuantity`).
 */
export function meantPaths(paths: readonly string[], wanted: string): string[] {
  const distinct = [...new Set(paths)];
  const exact = distinct.filter(path => path === wanted);
  if (exact.length > 0) return exact;
  const bare = withoutIndices(wanted);
  const indexed = distinct.filter(path => withoutIndices(path) === bare && !/\[\d+\]/.test(wanted));
  if (indexed.length > 0) return indexed;
  return distinct.filter(path => path.startsWith(`${wanted}.`) || path.startsWith(`${wanted}[`));
}
