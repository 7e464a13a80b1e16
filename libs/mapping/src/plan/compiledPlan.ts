import type { Condition } from '../compile/condition.js';
import type { GatedRules } from '../compile/gate.js';
import type { SourcePath } from '../compile/sourcePath.js';
import type { LocalOffset } from '../functions/zone.js';
import type { InterfaceContract } from '../interface/contract.js';
import type { EffectiveTime, IdStrategy } from '../rules/types.js';
import type { Label } from '../run/label.js';
import type { Target } from '../run/rule.js';

export interface CompiledIgnore {
  readonly sources: readonly SourcePath[];
  readonly number: number;
}

export interface CompiledSegmentMap {
  readonly name: string;
  readonly rules: GatedRules;
  readonly ignores: readonly CompiledIgnore[];
}

export interface CompiledUse {
  readonly in?: string;
  readonly condition?: Condition;
  readonly create?: string;
  readonly id?: IdStrategy;
  readonly extend?: string;
  /** By whether the interface may overwrite the resource. */
  readonly feed: CompiledSegmentMap;
  readonly reference: CompiledSegmentMap;
  readonly listIn?: { readonly resource: string; readonly target: Target; readonly label: Label };
  /** Names the resource id in lineage. */
  readonly idLabel: Label;
}

export interface CompiledMessageMap {
  readonly name: string;
  readonly identity?: 'merge';
  readonly effective: EffectiveTime;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly uses: ReadonlyMap<string, readonly CompiledUse[]>;
  readonly effectiveLabel: Label;
  readonly identityLabel: Label;
}

/** A rule by its number, as events and the rule set name it. */
export interface RuleName {
  readonly map: string;
  readonly id: string;
}

/** A plan ready to run; holds memory of its own (interned labels, days of the zone) but no state. */
export interface CompiledPlan {
  readonly interface: InterfaceContract;
  readonly messages: ReadonlyMap<string, CompiledMessageMap>;
  readonly zone: (localMs: number) => LocalOffset;
  readonly ruleCount: number;
  readonly ruleNames: readonly RuleName[];
  /** Names and hash of a set of used rules, remembered by the set. */
  readonly ruleSet: (used: Uint8Array) => { readonly names: readonly string[]; readonly hash: string };
}

/** Rules that belong to no map: their numbers are the first of every plan. */
export const engineRules = {
  /** A leaf of blanks says nothing. */
  blank: 0,
  /** The segment is about another source record: another part of the message treats it. */
  otherRecord: 1,
} as const;
export const engineRuleNames: readonly RuleName[] = [
  { map: 'engine', id: 'blank' },
  { map: 'engine', id: 'other-record' },
];
