import { evolve, type CaseState, type ProcessFact } from '@anamnesis/process';
import { loadCases, loadItems, saveCases, type CaseItem, type CasesWanted } from '../store/cases.js';
import type { Sql } from '@anamnesis/processing';

/** The cases that one batch works on, of one tenant: loaded once, changed in memory, written once. */
export interface CaseBook {
  byId(caseId: string): CaseState | undefined;
  byTask(task: string): CaseState | undefined;
  open(definition: string, key: string): CaseState | undefined;
  counts(caseId: string, itemId: string): boolean;
  /** Takes the facts of one decision in; `at` is its time, RFC 3339. */
  take(facts: readonly ProcessFact[], at: string): void;
  save(sql: Sql): Promise<void>;
}

export interface BookWanted extends CasesWanted {
  readonly itemIds: readonly string[];
}

export async function openCaseBook(sql: Sql, tenant: string, wanted: BookWanted): Promise<CaseBook> {
  const cases = new Map<string, CaseState>();
  const opened = new Map<string, string>();
  const caseOfTask = new Map<string, string>();
  const items = await loadItems(sql, tenant, wanted.itemIds);
  const changed = new Set<string>();
  const counted: CaseItem[] = [];

  const keep = (state: CaseState): void => {
    const slot = `${state.definition} ${state.key}`;
    cases.set(state.caseId, state);
    for (const { task } of state.tasks) caseOfTask.set(task, state.caseId);
    if (state.open) opened.set(slot, state.caseId);
    else if (opened.get(slot) === state.caseId) opened.delete(slot);
  };
  for (const state of await loadCases(sql, tenant, wanted)) keep(state);

  return {
    byId: caseId => cases.get(caseId),
    byTask: task => cases.get(caseOfTask.get(task) ?? ''),
    open: (definition, key) => cases.get(opened.get(`${definition} ${key}`) ?? ''),
    counts: (caseId, itemId) => items.has(`${caseId} ${itemId}`),
    take(facts, at) {
      for (const caseId of new Set(facts.map(fact => fact.caseId))) {
        const own = facts.filter(fact => fact.caseId === caseId);
        keep(evolve(cases.get(caseId), own, at));
        changed.add(caseId);
        for (const fact of own)
          if (fact.fact === 'case-counted') {
            items.add(`${caseId} ${fact.itemId}`);
            counted.push({ caseId, itemId: fact.itemId });
          }
      }
    },
    save: sql =>
      saveCases(
        sql,
        tenant,
        [...changed].map(caseId => cases.get(caseId) as CaseState),
        counted,
      ),
  };
}
