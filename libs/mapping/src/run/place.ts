import type { Step } from '../compile/targetPath.js';
import type { Json } from './built.js';

/** A node of a resource and its path: what rules write below. */
export interface Place {
  node: Json;
  path: string;
}

/** Where `walk` arrived last; kept here so that walking allocates nothing. */
export const here: Place = { node: {}, path: '' };

/** Walks (and where needed builds) the first `count` steps; the result is in {@link here}. */
export function walk(node: Json, path: string, steps: readonly Step[], count: number): void {
  let at = node;
  let text = path;
  for (let i = 0; i < count; i += 1) {
    const { key, name, pick } = steps[i] as Step;
    text += `.${name}`;
    if (pick === 'one') {
      at = (at[key] ??= {}) as Json;
      continue;
    }
    const list = (at[key] ??= []) as Json[];
    const index = indexOf(list, pick);
    list[index] ??= {};
    at = list[index];
    text += `[${index}]`;
  }
  here.node = at;
  here.path = text;
}

/** The path that `walk` would arrive at, without building anything. */
export function peek(node: Json, path: string, steps: readonly Step[]): string {
  let at: Json | undefined = node;
  let text = path;
  for (const { key, name, pick } of steps) {
    text += `.${name}`;
    const child = at?.[key] as Json | Json[] | undefined;
    if (pick === 'one') {
      at = child as Json | undefined;
      continue;
    }
    const list = child as Json[] | undefined;
    const index = list === undefined ? (typeof pick === 'number' ? pick : 0) : indexOf(list, pick);
    at = list?.[index];
    text += `[${index}]`;
  }
  return text;
}

/** Writes a value at a path and returns the path it got. */
export function put(node: Json, path: string, steps: readonly Step[], value: unknown): string {
  const last = steps[steps.length - 1] as Step;
  walk(node, path, steps, steps.length - 1);
  const { pick, key, name } = last;
  if (pick === 'one') {
    here.node[key] = value;
    return `${here.path}.${name}`;
  }
  const list = (here.node[key] ??= []) as unknown[];
  const index = indexOf(list, pick);
  list[index] = value;
  return `${here.path}.${name}[${index}]`;
}

/** The object already at a path that opens nothing new. */
export function lookUp(node: Json, steps: readonly Step[]): Json | undefined {
  let at: unknown = node;
  for (const { key, pick } of steps) {
    if (pick === 'add' || at === undefined) return undefined;
    const child = (at as Json)[key];
    const list = child as unknown[] | undefined;
    at = pick === 'one' ? child : list?.[pick === 'last' ? list.length - 1 : pick];
  }
  return at as Json | undefined;
}

function indexOf(list: readonly unknown[], pick: Step['pick']): number {
  if (pick === 'add') return list.length;
  if (pick === 'last') return Math.max(list.length - 1, 0);
  return Math.min(Number(pick), list.length);
}
