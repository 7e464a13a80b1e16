import type { Frame } from '../functions/function.js';
import { withoutControls } from '../functions/cleanText.js';
import type { Json, Spot } from './built.js';
import type { Label } from './label.js';
import { here, peek, walk } from './place.js';
import type { CompiledRule, Target } from './rule.js';
import { MAPPED, OPEN, REPORTED, type Run } from './run.js';
import { writeAt } from './write.js';

const dataAbsent = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const originalText = 'http://hl7.org/fhir/StructureDefinition/originalText';

/**
 * What becomes of a value that could not be converted: the rule's other way, its text kept beside the element, or
 * a report; a finding each time. True when something was written.
 */
export function handleProblem(run: Run, rule: CompiledRule, label: Label, frame: Frame, at: Spot): boolean {
  const { problem } = run;
  const { a, b } = frame;
  run.remarks = [];
  if (problem === undefined) return false;
  const { target, otherwise } = rule;
  const place = `${at.built.type}/${at.built.id}`;
  if (otherwise !== undefined) {
    run.taken.length = 0;
    run.problem = undefined;
    const value = otherwise.via.read(run, a, b, frame.depth);
    if (value !== undefined) {
      run.find(problem, a, b, place + peek(at.node, at.path, otherwise.target.steps));
      writeAt(run, otherwise.target, value, label, at);
      return true;
    }
  }
  run.find(problem, a, b, place + peek(at.node, at.path, target.steps));
  if (rule.keepRaw) keepRaw(run, target, label, frame, at);
  else run.mark(a, b, REPORTED);
  return rule.keepRaw;
}

/** The element gets no value but says why, and keeps what was sent. */
function keepRaw(run: Run, target: Target, label: Label, { a, b }: Frame, at: Spot): void {
  const last = target.tail[target.tail.length - 1];
  const text = withoutControls(run.text(a)).trim();
  if (last === undefined || text === '') return;
  walk(at.node, at.path, target.head, target.head.length);
  walk(here.node, here.path, target.tail, target.tail.length - 1);
  const sibling = (here.node[`_${last.name}`] ??= {}) as Json;
  const list = (sibling.extension ??= []) as Json[];
  for (const [url, key, value] of [
    [dataAbsent, 'valueCode', 'as-text'],
    [originalText, 'valueString', text],
  ] as const) {
    const path = `${here.path}.${last.name}.extension[${list.length}]`;
    list.push({ url, [key]: value });
    at.built.entries.push(
      { path: `${path}.url`, label, a, b, more: undefined },
      { path: `${path}.${key}`, label, a, b, more: undefined },
    );
  }
  run.mark(a, b, MAPPED);
  run.use(label);
}

/** `""`: the element is left alone, and the sender's wish is told. */
export function reportNull(run: Run, leaf: number, rule: CompiledRule, at: Spot): void {
  if (run.states[leaf] !== OPEN) return;
  run.find(
    { rule: 'value/explicit-null', severity: 'information', note: 'The sender asks to delete this element.' },
    leaf,
    leaf + 1,
    `${at.built.type}/${at.built.id}${peek(at.node, at.path, rule.target.steps)}`,
  );
  run.mark(leaf, leaf + 1, REPORTED);
}
