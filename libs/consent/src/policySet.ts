import canonicalize from 'canonicalize';
import { defineError, publicHash, type PolicySetPublishedV1 } from '@anamnesis/contracts';
import development from './development-policy.json' with { type: 'json' };
import type { AccessAction, PolicyRule, PolicySet, PolicySetContent } from './types.js';

/** Raised when a policy set cannot be used: two rules of one id, or a rule that names nothing. */
export const policySetInvalid = defineError(
  'ANM_POLICY_SET_INVALID',
  'stop',
  (f: { policySet: string; rule: string; reason: string }) =>
    `Policy set ${f.policySet} cannot be used: rule ${f.rule} ${f.reason}`,
);

const actions: readonly AccessAction[] = [
  'read',
  'vread',
  'history',
  'search',
  'write',
  'count',
  'reveal',
  'operate',
  'lineage',
];

function flaw(rule: PolicyRule): string | undefined {
  if (rule.effect !== 'permit' && rule.effect !== 'forbid') return 'has an effect that is unknown';
  for (const list of ['roles', 'purposes', 'actions', 'resourceTypes'] as const)
    if (rule[list].length === 0) return `names no ${list}`;
  if (rule.actions.some(action => !actions.includes(action))) return 'names an action that is unknown';
  return undefined;
}

/**
 * Checks a policy set and names it by its content.
 * Raised when a rule is ambiguous or empty: {@link policySetInvalid}.
 */
export function compilePolicySet(content: PolicySetContent): PolicySet {
  const rules = [...content.rules].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  rules.forEach((rule, at) => {
    const reason = rules[at + 1]?.id === rule.id ? 'exists twice' : flaw(rule);
    if (reason) throw policySetInvalid({ policySet: content.policySet, rule: rule.id, reason });
  });
  const sorted = { policySet: content.policySet, description: content.description, rules };
  return { ...sorted, hash: publicHash(canonicalize(sorted) ?? '') };
}

/** The one policy set of the development profile. */
export function developmentPolicySet(): PolicySet {
  return compilePolicySet(development as PolicySetContent);
}

/** Payload that announces a policy set on `consent.events`. */
export function policySetPublished(set: PolicySet): PolicySetPublishedV1 {
  return { policySet: set.policySet, hash: set.hash, rules: set.rules.map(rule => rule.id) };
}
