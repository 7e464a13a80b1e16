import type { ProcessFact } from './caseState.js';

/** What came of an intent. `code` says why nothing changed or why it was refused. */
export interface ProcessDecision {
  readonly outcome: 'accepted' | 'unchanged' | 'rejected';
  readonly code?: string;
  readonly facts: readonly ProcessFact[];
}

export const accepted = (facts: readonly ProcessFact[]): ProcessDecision => ({ outcome: 'accepted', facts });
export const unchanged = (code: string): ProcessDecision => ({ outcome: 'unchanged', code, facts: [] });
export const rejected = (code: string): ProcessDecision => ({ outcome: 'rejected', code, facts: [] });
