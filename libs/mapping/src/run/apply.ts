import type { SourcePath } from '../compile/sourcePath.js';
import type { Frame, ObjectFunction, ValueFunction } from '../functions/function.js';
import type { Spot } from './built.js';
import { innerLabel, type Label } from './label.js';
import { here, lookUp, peek, put, walk } from './place.js';
import { handleProblem, reportNull } from './problem.js';
import type { CompiledRule, Target } from './rule.js';
import type { Run } from './run.js';
import { flushRemarks, writeAt, writeConstant, writeReference } from './write.js';

/** Runs a rule of a segment map on one segment. True when it wrote something. */
export function applyToSegment(run: Run, rule: CompiledRule, segment: number, at: Spot): boolean {
  const source = rule.sources[0];
  if (rule.ifMissing && isWritten(rule.target, at)) return false;
  if (source === undefined) return applyWithoutSource(run, rule, segment, at);
  let a = run.first(segment, source.field);
  const b = run.first(segment, source.field + 1);
  const whole = rule.via?.kind === 'value' && rule.via.wholeField === true;
  let wrote = false;
  while (a < b) {
    const end = whole ? b : run.repetitionEnd(a, b);
    if (rule.condition === undefined || rule.condition(run, segment, a, end, 1)) {
      if (end - a === 1 && run.isNull(a)) reportNull(run, a, rule, at);
      else if (applyToFrame(run, rule, rule.label, { segment, a, b: end, depth: 1 }, at)) wrote = true;
    }
    if (!rule.each) break;
    a = end;
  }
  return wrote;
}

function isWritten({ steps }: Target, { node }: Spot): boolean {
  const name = steps[0]?.name ?? '';
  return node[name] !== undefined || node[`_${name}`] !== undefined;
}

/**
 * Runs a rule of a datatype map on the frame of its caller. Most components of most fields are empty, so presence is
 * looked at before anything else.
 */
export function applyToDatatype(run: Run, rule: CompiledRule, outer: Label, frame: Frame, at: Spot): boolean {
  const { segment, a, b, depth } = frame;
  const source = rule.sources.length === 1 ? rule.sources[0] : undefined;
  const narrowed = source === undefined || source.component === 0 ? frame : narrowTo(run, source, frame);
  if (narrowed === undefined) return false;
  if (rule.condition !== undefined && !rule.condition(run, segment, a, b, depth)) return false;
  const label = innerLabel(outer, rule.id, rule.number);
  if (rule.sources.length > 1 && rule.via?.kind === 'value')
    return writeJoined(run, rule, rule.via, label, frame, at);
  return write(run, rule, label, narrowed, at);
}

function applyToFrame(run: Run, rule: CompiledRule, label: Label, frame: Frame, at: Spot): boolean {
  const source = rule.sources[0];
  const narrowed = source === undefined || source.component === 0 ? frame : narrowTo(run, source, frame);
  return narrowed !== undefined && write(run, rule, label, narrowed, at);
}

function narrowTo(run: Run, { component, subcomponent }: SourcePath, frame: Frame): Frame | undefined {
  const { segment, a, b, depth } = frame;
  if (!run.narrow(a, b, depth, component)) return undefined;
  if (subcomponent === 0) return { segment, a: run.lo, b: run.hi, depth: depth + 1 };
  if (!run.narrow(run.lo, run.hi, depth + 1, subcomponent)) return undefined;
  return { segment, a: run.lo, b: run.hi, depth: depth + 2 };
}

function write(run: Run, rule: CompiledRule, label: Label, frame: Frame, at: Spot): boolean {
  const { via } = rule;
  if (via === undefined) {
    writeConstant(run, rule.target, rule.constant, label, frame.a, frame.b, at);
    finish(run, rule, label, frame, at);
    return true;
  }
  return via.kind === 'value'
    ? writeValue(run, rule, via, label, frame, at)
    : writeObject(run, rule, via, label, frame, at);
}

function writeValue(
  run: Run,
  rule: CompiledRule,
  via: ValueFunction,
  label: Label,
  frame: Frame,
  at: Spot,
): boolean {
  const { target, table } = rule;
  run.taken.length = 0;
  run.problem = undefined;
  if (run.remarks.length > 0) run.remarks = [];
  let value = via.read(run, frame.a, frame.b, frame.depth, table);
  if (value !== undefined && target.codes !== undefined && !target.codes.has(String(value)))
    value = run.fail('code/not-allowed', 'The code is not in the required value set.');
  if (value === undefined) return handleProblem(run, rule, label, frame, at);
  writeAt(run, target, value, label, at);
  finish(run, rule, label, frame, at);
  return true;
}

function writeObject(
  run: Run,
  rule: CompiledRule,
  via: ObjectFunction,
  label: Label,
  frame: Frame,
  at: Spot,
): boolean {
  const { target } = rule;
  const existing = lookUp(at.node, target.steps);
  const node = existing ?? {};
  const path = peek(at.node, at.path, target.steps);
  run.problem = undefined;
  if (!via.fill(run, frame, { node, path, built: at.built }, label, rule.table)) {
    if (run.problem !== undefined) return handleProblem(run, rule, label, frame, at);
    return false;
  }
  if (run.remarks.length > 0) flushRemarks(run, frame.a, frame.b, path, at.built);
  if (existing === undefined) attach(target, node, path, at);
  else openEntry(target, at, node, path);
  finish(run, rule, label, frame, at);
  return true;
}

/** Hangs a filled object where the rule says and leaves the entry that it opened in {@link here}. */
function attach({ steps, head, tail }: Target, node: Spot['node'], path: string, at: Spot): void {
  if (tail.length === 0) {
    put(at.node, at.path, steps, node);
    here.node = node;
    here.path = path;
    return;
  }
  walk(at.node, at.path, head, head.length);
  const entry = here.node;
  const entryPath = here.path;
  put(entry, entryPath, tail, node);
  here.node = entry;
  here.path = entryPath;
}

function openEntry({ head, tail }: Target, at: Spot, node: Spot['node'], path: string): void {
  if (tail.length > 0) walk(at.node, at.path, head, head.length);
  else {
    here.node = node;
    here.path = path;
  }
}

/** Parts from several places become one text, blanks between them. */
function writeJoined(
  run: Run,
  rule: CompiledRule,
  via: ValueFunction,
  label: Label,
  frame: Frame,
  at: Spot,
): boolean {
  const { a, b, depth } = frame;
  const parts: string[] = [];
  const leaves: number[] = [];
  for (const { component, subcomponent } of rule.sources) {
    if (!run.narrow(a, b, depth, component)) continue;
    if (subcomponent > 0 && !run.narrow(run.lo, run.hi, depth + 1, subcomponent)) continue;
    run.taken.length = 0;
    const part = via.read(run, run.lo, run.hi, depth + (subcomponent > 0 ? 2 : 1));
    if (typeof part !== 'string') continue;
    parts.push(part);
    leaves.push(...run.taken);
  }
  if (parts.length === 0) return false;
  run.taken.length = 0;
  run.taken.push(...leaves.sort((x, y) => x - y));
  writeAt(run, rule.target, parts.join(' '), label, at);
  finish(run, rule, label, frame, at);
  return true;
}

/** Constants and further rules of the entry in {@link here}. */
function finish(run: Run, rule: CompiledRule, label: Label, frame: Frame, at: Spot): void {
  if (rule.set.length === 0 && rule.also.length === 0) return;
  const { node, path } = here;
  for (const { steps, value } of rule.set) {
    const full = put(node, path, steps, value);
    at.built.entries.push({ path: full, label, a: frame.a, b: frame.b, more: undefined });
  }
  run.use(label);
  for (const inner of rule.also) applyToSegment(run, inner, frame.segment, { node, path, built: at.built });
}

/** Constants of a segment, and references to open resources: their source is the segment, or the other's id. */
function applyWithoutSource(run: Run, rule: CompiledRule, segment: number, at: Spot): boolean {
  const frame: Frame = { segment, a: run.first(segment, 0), b: run.segmentEnd(segment), depth: 1 };
  if (rule.condition !== undefined && !rule.condition(run, segment, frame.a, frame.b, 1)) return false;
  if (rule.ref === undefined) {
    writeConstant(run, rule.target, rule.constant, rule.label, frame.a, frame.b, at);
    finish(run, rule, rule.label, frame, at);
    return true;
  }
  const other = run.open.get(rule.ref);
  if (other === undefined || other === at.built) return false;
  writeReference(run, rule.target, other, rule.label, at);
  return true;
}
