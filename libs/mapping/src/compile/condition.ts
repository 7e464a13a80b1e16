import type { Run } from '../run/run.js';
import { parseSource, type SourcePath } from './sourcePath.js';

/**
 * Decides a rule. `segment` is the segment at hand, `[a, b)` the repetition (or, in a datatype map, the frame) and
 * `depth` 1 for repetitions, 2 for components. `field` is the field of the repetition.
 */
export type Condition = (run: Run, segment: number, a: number, b: number, depth: number) => boolean;

/** Finds the leaves that an operand names; sets `run.lo` and `run.hi`. */
type Operand = (run: Run, segment: number, a: number, b: number, depth: number) => boolean;

const tokenPattern =
  /\s*(?:("[^"]*"|'[^']*'|“[^”]*”)|(?!LST\.)([A-Z][A-Z0-9]{1,3}(?:-\d+)?(?:\.\d+){0,2}(?![A-Z0-9]))|(LST\.COUNT|[A-Z]+)|(\d+)|([(),]))/gy;

interface Token {
  readonly kind: 'text' | 'path' | 'word' | 'number' | 'mark';
  readonly text: string;
}

const words = new Set([
  'IF',
  'AND',
  'OR',
  'NOT',
  'IS',
  'IN',
  'VALUED',
  'EQUALS',
  'GREATER',
  'LESS',
  'THAN',
  'LENGTH',
]);

function tokens(text: string): Token[] | string {
  const found: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.trimEnd().length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (match === null) return `condition cannot be read from "${text.slice(at, at + 20)}"`;
    const [, quoted, path, word, number, mark] = match;
    if (quoted !== undefined) found.push({ kind: 'text', text: quoted.slice(1, -1) });
    else if (path !== undefined) found.push({ kind: words.has(path) ? 'word' : 'path', text: path });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else found.push({ kind: 'mark', text: mark ?? '' });
  }
  return found;
}

/**
 * Compiles a condition in the guide's syntax: `IF PID-13.2 NOT VALUED`, `EQUALS`, `IN (…)`, `LST.COUNT`, `LENGTH`,
 * `GREATER THAN`, `LESS THAN`, `AND`, `OR`, parentheses. Returns a sentence instead when it cannot be read.
 * `root` is the segment or datatype of the map, `field` the field that the rule reads.
 */
export function compileCondition(text: string, root: string, field: number): Condition | string {
  const list = tokens(text);
  if (typeof list === 'string') return list;
  let at = 0;
  const peek = (word: string): boolean => list[at]?.text === word && list[at]?.kind !== 'text';
  const take = (word: string): boolean => peek(word) && (at += 1) > 0;
  const need = (word: string): void => {
    if (!take(word)) throw new SyntaxError(`condition lacks ${word}`);
  };
  const literal = (): string => {
    const token = list[at];
    if (token?.kind !== 'text' && token?.kind !== 'number') throw new SyntaxError('condition lacks a value');
    at += 1;
    return token.text;
  };
  const either = (): Condition => {
    let left = both();
    while (take('OR')) left = or(left, both());
    return left;
  };
  const both = (): Condition => {
    let left = single();
    while (take('AND')) left = and(left, single());
    return left;
  };
  const single = (): Condition => {
    take('IF');
    if (take('(')) {
      const inner = either();
      need(')');
      return inner;
    }
    const token = list[at];
    const source = token?.kind === 'path' ? parseSource(token.text) : null;
    if (source === null) throw new SyntaxError('condition lacks a path');
    at += 1;
    return predicate(operand(source, root, field));
  };
  const predicate = (read: Operand): Condition => {
    const measure = take('LST.COUNT') ? count : take('LENGTH') ? length : undefined;
    take('IS');
    const negated = take('NOT');
    const test = measure === undefined ? comparison(read) : numeric(read, measure);
    return negated ? (run, s, a, b, d) => !test(run, s, a, b, d) : test;
  };
  const comparison = (read: Operand): Condition => {
    if (take('VALUED')) return valued(read);
    if (take('EQUALS')) return among(read, new Set([literal()]));
    need('IN');
    need('(');
    const wanted = [literal()];
    while (take(',')) wanted.push(literal());
    need(')');
    return among(read, new Set(wanted));
  };
  const numeric = (read: Operand, measure: (run: Run) => number): Condition => {
    const kind = take('GREATER') ? 1 : take('LESS') ? -1 : 0;
    if (kind === 0) need('EQUALS');
    else need('THAN');
    const bound = Number(literal());
    return (run, s, a, b, d) => {
      const size = read(run, s, a, b, d) ? measure(run) : 0;
      return kind === 0 ? size === bound : kind * (size - bound) > 0;
    };
  };
  try {
    const condition = either();
    return at === list.length ? condition : `condition ends before "${list[at]?.text}"`;
  } catch (error) {
    return error instanceof SyntaxError ? error.message : String(error);
  }
}

const and =
  (x: Condition, y: Condition): Condition =>
  (run, s, a, b, d) =>
    x(run, s, a, b, d) && y(run, s, a, b, d);
const or =
  (x: Condition, y: Condition): Condition =>
  (run, s, a, b, d) =>
    x(run, s, a, b, d) || y(run, s, a, b, d);
const count = (run: Run): number => run.repetition(run.hi - 1);
const length = (run: Run): number => run.text(run.lo).length;
const valued =
  (read: Operand): Condition =>
  (run, s, a, b, d) =>
    read(run, s, a, b, d) && !(run.hi - run.lo === 1 && run.isNull(run.lo));
const among =
  (read: Operand, wanted: ReadonlySet<string>): Condition =>
  (run, s, a, b, d) =>
    read(run, s, a, b, d) && wanted.has(run.text(run.lo).trim());

/** A path of the map's own datatype reads the frame, of its own field the repetition, of others their segment. */
function operand(source: SourcePath, root: string, field: number): Operand {
  const { component, subcomponent } = source;
  const inside: Operand = (run, _segment, a, b, depth) => {
    run.lo = a;
    run.hi = b;
    if (component > 0 && !run.narrow(a, b, depth, component)) return false;
    if (subcomponent > 0 && !run.narrow(run.lo, run.hi, depth + 1, subcomponent)) return false;
    return run.hi > run.lo;
  };
  if (source.field === 0) return inside;
  const own = source.root === root;
  if (own && source.field === field && component > 0) return inside;
  return (run, segment) => {
    const at = own ? segment : run.firstSegment(source.root);
    if (at < 0) return false;
    const first = run.first(at, source.field);
    const end = run.first(at, source.field + 1);
    if (component === 0 && subcomponent === 0) {
      run.lo = first;
      run.hi = end;
      return end > first;
    }
    return first < end && inside(run, at, first, run.repetitionEnd(first, end), 1);
  };
}
