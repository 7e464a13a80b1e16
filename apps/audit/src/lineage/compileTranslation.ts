import { compilePlan, planHash, translate, type PlanContent } from '@anamnesis/mapping';
import { planMissing } from '../errors.js';
import type { CompiledTranslate } from './plans.js';

/**
 * Compiles a plan's content as governance holds it. The content must still have the hash that the message was stamped
 * with: lineage under an altered plan would explain another translation.
 * Raised when it has not: `ANM_PLAN_UNKNOWN`.
 */
export function compileTranslation(
  content: Readonly<Record<string, unknown>>,
  hash: string,
): CompiledTranslate {
  const plan = content as unknown as PlanContent;
  if (planHash(plan) !== hash) throw planMissing({ plan: hash });
  const compiled = compilePlan(plan);
  return (bytes, args) => translate(bytes, compiled, args);
}
