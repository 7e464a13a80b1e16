import type { Fill, MapFunction, ObjectFunction } from '../functions/function.js';
import { findFunction } from '../functions/registry.js';
import type { CompiledIgnore, CompiledSegmentMap } from '../plan/compiledPlan.js';
import type { PlanContent } from '../plan/content.js';
import type { DatatypeMapFile, IgnoreFile, MapFile, SegmentMapFile } from '../rules/types.js';
import { applyToDatatype } from '../run/apply.js';
import { IGNORED, type Run } from '../run/run.js';
import { compileRule, type RuleScope } from './compileRule.js';
import { ruleInvalid } from './errors.js';
import { gateOf, gateRules } from './gate.js';
import { parseSource } from './sourcePath.js';
import { compileTable, type CompiledTable } from './table.js';
import { addTranslation } from './translation.js';

/** Compiles the maps of a plan on demand, each once. */
export interface MapCompiler {
  segmentMap(name: string): CompiledSegmentMap | undefined;
  /** Gives a rule its number within the plan. */
  register(map: string, id: string): number;
}

export function createMapCompiler(
  content: PlanContent,
  register: (map: string, id: string) => number,
): MapCompiler {
  const tables = new Map<string, CompiledTable>();
  const datatypes = new Map<string, ObjectFunction>();
  const segments = new Map<string, CompiledSegmentMap>();

  const table = (name: string): CompiledTable | undefined => {
    const file = content.tables[name];
    if (file !== undefined && !tables.has(name)) tables.set(name, compileTable(file));
    return tables.get(name);
  };

  const via = (name: string): MapFunction | undefined => {
    const known = findFunction(name) ?? datatypes.get(name);
    if (known !== undefined) return known;
    const file = find(content, name, 'datatype');
    if (file === undefined) return undefined;
    // Entered before its rules are compiled, so that a map which names itself is caught by the lookup above.
    const holder: { fill: Fill } = { fill: () => false };
    const compiled: ObjectFunction = {
      kind: 'object',
      type: file.target,
      fill: (run, frame, at, label, given) => holder.fill(run, frame, at, label, given),
    };
    datatypes.set(name, compiled);
    holder.fill = compileDatatype(file, scopeOf(file, file.datatype, file.target));
    return compiled;
  };

  const scopeOf = (file: MapFile, root: string, type: string): RuleScope => ({
    map: file.map,
    root,
    kind: file.kind === 'segment' ? 'segment' : 'datatype',
    type,
    via,
    table,
    register: id => register(file.map, id),
  });

  return {
    register,
    segmentMap(name) {
      const known = segments.get(name);
      if (known !== undefined) return known;
      const file = find(content, name, 'segment');
      if (file === undefined) return undefined;
      const scope = scopeOf(file, file.segment, file.target ?? '');
      const compiled: CompiledSegmentMap = {
        name,
        rules: gateRules(
          (file.rules ?? []).map(rule => ({
            rule: compileRule(rule, scope),
            gate: gateOf(rule.if, file.segment),
          })),
        ),
        ignores: compileIgnores(file.ignore ?? [], scope),
      };
      segments.set(name, compiled);
      return compiled;
    },
  };
}

type Kinds = { segment: SegmentMapFile; datatype: DatatypeMapFile };

function find<K extends keyof Kinds>(content: PlanContent, name: string, kind: K): Kinds[K] | undefined {
  const file = content.maps[name];
  return file?.kind === kind ? (file as Kinds[K]) : undefined;
}

function compileDatatype(file: DatatypeMapFile, scope: RuleScope): Fill {
  const rules = file.rules.map(rule => compileRule(rule, scope));
  const ignores = compileIgnores(file.ignore ?? [], scope);
  const translates = file.target === 'CodeableConcept';
  return (run, frame, at, label, table) => {
    let wrote = false;
    for (const rule of rules) if (applyToDatatype(run, rule, label, frame, at)) wrote = true;
    if (!wrote) return false;
    for (const ignore of ignores) applyIgnoreToFrame(run, ignore, frame.a, frame.b, frame.depth);
    if (translates && table !== undefined) addTranslation(run, frame, at, label, table);
    return true;
  };
}

function compileIgnores(list: readonly IgnoreFile[], scope: RuleScope): CompiledIgnore[] {
  return list.map(({ id, from }) => ({
    number: scope.register(id),
    sources: (typeof from === 'string' ? [from] : from).map(path => {
      const source = parseSource(path);
      if (source === null || source.root !== scope.root)
        throw ruleInvalid({ map: scope.map, rule: id, problem: `${path} is no place in ${scope.root}` });
      return source;
    }),
  }));
}

/** Marks what a named rule leaves out of one segment. */
export function applyIgnoreToSegment(run: Run, { sources, number }: CompiledIgnore, segment: number): void {
  for (const { field, component, subcomponent } of sources) {
    let a = run.first(segment, field);
    const b = field === 0 ? run.segmentEnd(segment) : run.first(segment, field + 1);
    while (a < b) {
      const end = component === 0 ? b : run.repetitionEnd(a, b);
      leave(run, number, a, end, 1, component, subcomponent);
      a = end;
    }
  }
}

function applyIgnoreToFrame(
  run: Run,
  { sources, number }: CompiledIgnore,
  a: number,
  b: number,
  depth: number,
): void {
  for (const { component, subcomponent } of sources) leave(run, number, a, b, depth, component, subcomponent);
}

function leave(
  run: Run,
  number: number,
  a: number,
  b: number,
  depth: number,
  component: number,
  subcomponent: number,
): void {
  if (component > 0) {
    if (!run.narrow(a, b, depth, component)) return;
    if (subcomponent > 0 && !run.narrow(run.lo, run.hi, depth + 1, subcomponent)) return;
    run.mark(run.lo, run.hi, IGNORED);
  } else run.mark(a, b, IGNORED);
  run.used[number] = 1;
}
