import type { CompiledTable } from '../compile/table.js';
import type { Condition } from '../compile/condition.js';
import type { SourcePath } from '../compile/sourcePath.js';
import type { Step } from '../compile/targetPath.js';
import type { MapFunction, ValueFunction } from '../functions/function.js';
import type { Label } from './label.js';

/** A target split at the innermost entry that it opens. */
export interface Target {
  readonly steps: readonly Step[];
  readonly head: readonly Step[];
  readonly tail: readonly Step[];
  /** Codes of a required binding. */
  readonly codes: ReadonlySet<string> | undefined;
}

export interface Constant {
  readonly steps: readonly Step[];
  readonly value: unknown;
}

/** A rule ready to run. */
export interface CompiledRule {
  readonly id: string;
  readonly number: number;
  /** As the outermost rule; datatype rules are labelled below the rule that called them. */
  readonly label: Label;
  readonly sources: readonly SourcePath[];
  readonly condition: Condition | undefined;
  readonly target: Target;
  readonly ifMissing: boolean;
  readonly via: MapFunction | undefined;
  readonly table: CompiledTable | undefined;
  /** Value of a rule without source. */
  readonly constant: unknown;
  /** Type of the open resource that the rule refers to. */
  readonly ref: string | undefined;
  readonly set: readonly Constant[];
  readonly also: readonly CompiledRule[];
  readonly otherwise: { readonly target: Target; readonly via: ValueFunction } | undefined;
  readonly keepRaw: boolean;
  /** Applies to each repetition; else to the first. */
  readonly each: boolean;
}
