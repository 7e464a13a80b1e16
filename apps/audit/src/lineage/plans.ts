import { LRUCache } from 'lru-cache';
import type { TranslateArguments, TranslationResult } from '@anamnesis/mapping';
import { planMissing } from '../errors.js';
import type { TranslateUnderPlan } from './retranslate.js';

/** Where plan contents are; `Governance` of libs/service is one. */
export interface PlanSource {
  plan(hash: string): Readonly<Record<string, unknown>> | undefined;
  refresh(): Promise<void>;
}

export type CompiledTranslate = (bytes: Uint8Array, args: TranslateArguments) => TranslationResult;

/** Compiled plans are large: a few are kept. */
const keptPlans = 16;

/**
 * Translation under the plan that a message was stamped with. Plans are compiled once and kept; an unknown one is
 * looked up in governance again.
 */
export function translateUnderPlans(
  source: PlanSource,
  compile: (content: Readonly<Record<string, unknown>>, hash: string) => CompiledTranslate,
): TranslateUnderPlan {
  const compiled = new LRUCache<string, CompiledTranslate>({ max: keptPlans });
  return async (bytes, plan, args) => {
    let run = compiled.get(plan);
    if (!run) {
      let content = source.plan(plan);
      if (!content) {
        await source.refresh();
        content = source.plan(plan);
      }
      if (!content) throw planMissing({ plan });
      run = compile(content, plan);
      compiled.set(plan, run);
    }
    return run(bytes, args);
  };
}
