import type { AccessDecision, AccessRequest, PolicyRule, PolicySet } from './types.js';

function concerns(rule: PolicyRule, request: AccessRequest, purpose: string): boolean {
  return (
    rule.purposes.includes(purpose) &&
    rule.actions.includes(request.action) &&
    rule.resourceTypes.includes(request.resourceType) &&
    rule.roles.some(role => request.actor.roles.includes(role))
  );
}

/** Why nothing permits, as codes: a person must be able to tell a missing right from a missing purpose. */
function refusals(request: AccessRequest, { rules }: PolicySet): string[] {
  const { actor, purpose } = request;
  const reasons: string[] = [];
  if (request.tenant !== actor.tenant) reasons.push('tenant-mismatch');
  if (purpose === undefined || purpose === '') reasons.push('purpose-missing');
  else if (!rules.some(rule => rule.purposes.includes(purpose))) reasons.push('purpose-unknown');
  else if (!actor.purposes.includes(purpose)) reasons.push('purpose-not-granted');
  if (actor.roles.length === 0) reasons.push('role-missing');
  else if (!rules.some(rule => rule.roles.some(role => actor.roles.includes(role))))
    reasons.push('role-unknown');
  return reasons.sort();
}

/**
 * Decides one access. Total and free of order: rules may stand in any order, a `forbid` that concerns the request
 * wins over every permit, and what nothing permits is denied. A missing, unknown or ungranted purpose, an actor of
 * another tenant and roles that the policy set does not know deny, each with its reason.
 */
export function decideAccess(request: AccessRequest, set: PolicySet): AccessDecision {
  const basis = {
    policySet: set.policySet,
    policySetHash: set.hash,
    inputAgeMs: Math.max(0, Math.trunc(request.inputAgeMs ?? 0)),
  };
  const deny = (rule: string, reasons: readonly string[]): AccessDecision => ({
    outcome: 'deny',
    rule,
    reasons,
    ...basis,
  });
  const reasons = refusals(request, set);
  if (reasons.length > 0) return deny('default-deny', reasons);
  const found = set.rules
    .filter(rule => concerns(rule, request, request.purpose as string))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const forbidding = found.find(rule => rule.effect === 'forbid');
  if (forbidding) return deny(forbidding.id, ['forbidden']);
  const permitting = found[0];
  if (!permitting) return deny('default-deny', ['no-rule-permits']);
  return { outcome: 'permit', rule: permitting.id, reasons: [], ...basis };
}
