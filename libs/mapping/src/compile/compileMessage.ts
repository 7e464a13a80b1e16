import { outerLabel, type Label } from '../run/label.js';
import type { CompiledMessageMap, CompiledUse } from '../plan/compiledPlan.js';
import type { MessageMapFile, SegmentUse } from '../rules/types.js';
import type { MapCompiler } from './compileMaps.js';
import { referenceTarget } from './compileRule.js';
import { compileCondition } from './condition.js';
import { ruleInvalid } from './errors.js';

/** Compiles a message map. Raised when it names what is not there: `ANM_RULE_INVALID`. */
export function compileMessage(file: MessageMapFile, maps: MapCompiler): CompiledMessageMap {
  const label = (id: string): Label => outerLabel(file.map, id, maps.register(file.map, id));
  const uses = new Map<string, CompiledUse[]>();
  for (const use of file.segments) {
    const list = uses.get(use.segment) ?? [];
    list.push(compileUse(file, use, maps, label));
    uses.set(use.segment, list);
  }
  return {
    name: file.map,
    ...(file.identity === undefined ? {} : { identity: file.identity }),
    effective: file.effective,
    groups: new Map(Object.entries(file.groups ?? {})),
    uses,
    effectiveLabel: label('effective-time'),
    identityLabel: label('identity'),
  };
}

function compileUse(
  file: MessageMapFile,
  use: SegmentUse,
  maps: MapCompiler,
  label: (id: string) => Label,
): CompiledUse {
  const fail = (problem: string): Error => ruleInvalid({ map: file.map, rule: use.segment, problem });
  const map = (name: string) => {
    const compiled = maps.segmentMap(name);
    if (compiled === undefined) throw fail(`there is no map ${name}`);
    return compiled;
  };
  if (use.create !== undefined && use.id === undefined) throw fail('a resource that is created needs an id');
  const condition = use.if === undefined ? undefined : compileCondition(use.if, use.segment, 0);
  if (typeof condition === 'string') throw fail(condition);
  const feed = map(use.map);
  const { listIn } = use;
  return {
    ...(use.in === undefined ? {} : { in: use.in }),
    ...(condition === undefined ? {} : { condition }),
    ...(use.create === undefined ? {} : { create: use.create }),
    ...(use.id === undefined ? {} : { id: use.id }),
    ...(use.extend === undefined ? {} : { extend: use.extend }),
    feed,
    reference: use.reference === undefined ? feed : map(use.reference),
    ...(listIn === undefined
      ? {}
      : {
          listIn: {
            resource: listIn.resource,
            target: referenceTarget(listIn.resource, listIn.to, fail),
            label: label(`${use.segment}.${listIn.resource}`),
          },
        }),
    idLabel: label(`${use.segment}.id`),
  };
}
