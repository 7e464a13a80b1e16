import { isPrimitive, isPrimitiveValue } from '@anamnesis/fhir';
import type { MapFunction } from '../functions/function.js';
import { outerLabel } from '../run/label.js';
import type { CompiledRule, Constant, Target } from '../run/rule.js';
import type { RuleFile } from '../rules/types.js';
import { compileCondition } from './condition.js';
import { ruleInvalid } from './errors.js';
import { parseSource, type SourcePath } from './sourcePath.js';
import type { CompiledTable } from './table.js';
import { resolveTarget, type TargetPath } from './targetPath.js';

/** What a rule may lean on while it is compiled. */
export interface RuleScope {
  readonly map: string;
  /** Segment or datatype that the map reads. */
  readonly root: string;
  readonly kind: 'segment' | 'datatype';
  /** FHIR type that paths start from. */
  readonly type: string;
  readonly via: (name: string) => MapFunction | undefined;
  readonly table: (name: string) => CompiledTable | undefined;
  /** Numbers the rules of the plan. */
  readonly register: (id: string) => number;
}

/** Primitives that may be written into elements of another primitive type. */
const writable: Readonly<Record<string, readonly string[]>> = {
  string: ['markdown'],
  date: ['dateTime'],
  uri: ['url', 'canonical'],
};

/**
 * Compiles one rule. Raised when R4 has no such path, the types do not fit, or something it names is unknown:
 * {@link ruleInvalid}.
 */
export function compileRule(rule: RuleFile, scope: RuleScope): CompiledRule {
  const fail = (problem: string): Error => ruleInvalid({ map: scope.map, rule: rule.id, problem });
  const target = resolve(scope.type, rule.to, fail);
  const sources = readSources(rule, scope, fail);
  const number = scope.register(rule.id);
  const via = rule.via === undefined ? undefined : scope.via(rule.via);
  if (rule.via !== undefined && via === undefined) throw fail(`there is no function or map ${rule.via}`);
  const given = [via, rule.value, rule.ref].filter(one => one !== undefined).length;
  if (given !== 1) throw fail('exactly one of via, value and ref is needed');
  if (via !== undefined) fits(via.type, target, fail);
  if (rule.value !== undefined) checkConstant(rule.value, target, fail);
  if (rule.ref !== undefined && target.type !== 'string') throw fail('ref writes the element reference');
  const table = rule.table === undefined ? undefined : scope.table(rule.table);
  if (rule.table !== undefined && table === undefined) throw fail(`there is no table ${rule.table}`);
  checkTable(table, target, fail);
  if (rule.onError === 'keepRaw' && target.steps.at(-1)?.pick !== 'one')
    throw fail('keepRaw needs an element that does not repeat');
  const condition =
    rule.if === undefined ? undefined : compileCondition(rule.if, scope.root, sources[0]?.field ?? 0);
  if (typeof condition === 'string') throw fail(condition);
  const entry: RuleScope = { ...scope, type: target.entrySteps === 0 ? scope.type : target.entryType };
  // Every rule has every key, in one order: the hot path reads rules of one hidden class.
  return {
    id: rule.id,
    number,
    label: outerLabel(scope.map, rule.id, number),
    sources,
    condition,
    target: split(target),
    ifMissing: rule.ifMissing === true,
    via,
    table,
    constant: rule.value,
    ref: rule.ref,
    set: Object.entries(rule.set ?? {}).map(([path, value]) => constant(entry.type, path, value, fail)),
    also: (rule.also ?? []).map(inner => compileRule(inner, entry)),
    otherwise: rule.otherwise === undefined ? undefined : alternative(rule.otherwise, scope, fail),
    keepRaw: rule.onError === 'keepRaw',
    each: target.steps.some(step => step.pick === 'add'),
  };
}

type Fail = (problem: string) => Error;

function resolve(type: string, path: string, fail: Fail): TargetPath {
  const target = resolveTarget(type, path);
  if (typeof target === 'string') throw fail(`${path}: ${target}`);
  return target;
}

/** Target of a reference that a message map writes into a list of another resource. */
export function referenceTarget(type: string, path: string, fail: Fail): Target {
  return split(resolve(type, path, fail));
}

function split({ steps, entrySteps, element, type }: TargetPath): Target {
  return {
    steps,
    head: steps.slice(0, entrySteps),
    tail: steps.slice(entrySteps),
    codes: type === 'code' ? element.codes : undefined,
  };
}

function readSources(rule: RuleFile, scope: RuleScope, fail: Fail): SourcePath[] {
  const written = rule.from === undefined ? [] : typeof rule.from === 'string' ? [rule.from] : rule.from;
  if (written.length > 1 && scope.kind === 'segment')
    throw fail('several sources work in datatype maps only');
  return written.map(path => {
    const source = parseSource(path);
    if (source === null || source.root !== scope.root || source.field > 0 !== (scope.kind === 'segment'))
      throw fail(`${path} is no place in ${scope.root}`);
    return source;
  });
}

function fits(given: string, target: TargetPath, fail: Fail): void {
  if (given === target.type || writable[given]?.includes(target.type)) return;
  throw fail(`gives ${given}, but the element is ${target.type}`);
}

function checkConstant(value: unknown, target: TargetPath, fail: Fail): void {
  if (!isPrimitive(target.type)) throw fail(`a constant cannot fill ${target.type}`);
  if (!isPrimitiveValue(target.type, value)) throw fail(`${String(value)} is no ${target.type}`);
  if (target.element.codes !== undefined && !target.element.codes.has(String(value)))
    throw fail(`${String(value)} is not in the required value set`);
}

function checkTable(table: CompiledTable | undefined, target: TargetPath, fail: Fail): void {
  const { codes } = target.element;
  if (table === undefined || target.type !== 'code' || codes === undefined) return;
  const all = [...table.codes.values(), ...(table.default === undefined ? [] : [table.default])];
  const wrong = all.find(entry => !codes.has(entry.code));
  if (wrong !== undefined)
    throw fail(`table ${table.name} gives ${wrong.code}, which the element does not allow`);
}

function constant(type: string, path: string, value: unknown, fail: Fail): Constant {
  const target = resolve(type, path, fail);
  checkConstant(value, target, fail);
  return { steps: target.steps, value };
}

function alternative(
  other: NonNullable<RuleFile['otherwise']>,
  scope: RuleScope,
  fail: Fail,
): NonNullable<CompiledRule['otherwise']> {
  const target = resolve(scope.type, other.to, fail);
  const via = scope.via(other.via);
  if (via?.kind !== 'value') throw fail(`there is no function ${other.via}`);
  fits(via.type, target, fail);
  return { target: split(target), via };
}
