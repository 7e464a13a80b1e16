import { publicHash } from '@anamnesis/contracts';
import { createMapCompiler } from '../compile/compileMaps.js';
import { compileMessage } from '../compile/compileMessage.js';
import { planInvalid } from '../compile/errors.js';
import { createZone } from '../functions/zone.js';
import {
  engineRuleNames,
  type CompiledMessageMap,
  type CompiledPlan,
  type RuleName,
} from './compiledPlan.js';
import type { PlanContent } from './content.js';
import { translatorVersions } from './version.js';

/**
 * Compiles a plan to closures, once. Raised when its translator version is not one that this code can still run
 * as, or when a rule in it cannot be compiled: `ANM_PLAN_INVALID`, `ANM_RULE_INVALID`.
 */
export function compilePlan(content: PlanContent): CompiledPlan {
  const { version } = content.translator;
  if (!translatorVersions.includes(version))
    throw planInvalid({
      interface: content.interface.id,
      problem: `translator ${version} is none of ${translatorVersions.join(', ')}`,
    });
  const ruleNames: RuleName[] = [...engineRuleNames];
  const register = (map: string, id: string): number => ruleNames.push({ map, id }) - 1;
  const maps = createMapCompiler(content, register);
  const messages = new Map<string, CompiledMessageMap>();
  for (const file of Object.values(content.maps)) {
    if (file.kind !== 'message') continue;
    const compiled = compileMessage(file, maps);
    for (const trigger of file.triggers) messages.set(trigger, compiled);
  }
  return {
    interface: content.interface,
    messages,
    zone: createZone(content.interface.zone),
    ruleCount: ruleNames.length,
    ruleNames,
    ruleSet: rememberRuleSets(ruleNames),
  };
}

/** Senders repeat themselves: a handful of rule sets covers nearly all messages. */
const mostRuleSets = 1000;

function rememberRuleSets(ruleNames: readonly RuleName[]): CompiledPlan['ruleSet'] {
  const known = new Map<string, { names: readonly string[]; hash: string }>();
  return used => {
    const key = Buffer.from(used.buffer, used.byteOffset, used.length).toString('latin1');
    const before = known.get(key);
    if (before !== undefined) return before;
    const all = new Set<string>();
    ruleNames.forEach(({ map, id }, number) => used[number] === 1 && all.add(`${map}#${id}`));
    const names = [...all].sort();
    const set = { names, hash: publicHash(names.join('\n')) };
    if (known.size >= mostRuleSets) known.clear();
    known.set(key, set);
    return set;
  };
}
