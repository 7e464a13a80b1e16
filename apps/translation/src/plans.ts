import { compilePlan, type CompiledPlan, type InterfaceContract, type PlanContent } from '@anamnesis/mapping';
import type { Governance } from '@anamnesis/service';
import { LRUCache } from 'lru-cache';
import { planMissing } from './errors.js';

/** A plan ready for use, and the contract inside it. */
export interface LoadedPlan {
  readonly hash: string;
  readonly contract: InterfaceContract;
  readonly compiled: CompiledPlan;
}

/** Compiled plans by hash. Bounded: a plan is compiled again when it comes back after many others. */
export interface Plans {
  /**
   * Each plan named. Governance is read again once for what is unknown.
   * Raised when it is still unknown then: `ANM_PLAN_MISSING`, the partition stops.
   */
  load(hashes: Iterable<string>): Promise<ReadonlyMap<string, LoadedPlan>>;
  /** Plans that are compiled now. */
  loaded(): readonly LoadedPlan[];
}

const mostPlans = 100;

export function createPlans(governance: Pick<Governance, 'plan' | 'refresh'>): Plans {
  const cache = new LRUCache<string, LoadedPlan>({ max: mostPlans });

  const compile = (hash: string): LoadedPlan | undefined => {
    const content = governance.plan(hash) as PlanContent | undefined;
    if (!content) return undefined;
    const plan = { hash, contract: content.interface, compiled: compilePlan(content) };
    cache.set(hash, plan);
    return plan;
  };

  return {
    async load(hashes) {
      const plans = new Map<string, LoadedPlan>();
      for (const hash of new Set(hashes)) {
        let plan = cache.get(hash) ?? compile(hash);
        if (!plan) {
          await governance.refresh();
          plan = compile(hash);
        }
        if (!plan) throw planMissing({ plan: hash });
        plans.set(hash, plan);
      }
      return plans;
    },
    loaded: () => [...cache.values()],
  };
}
