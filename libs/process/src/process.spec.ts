import fc from 'fast-check';
import { evolve, type CaseState, type ProcessFact } from './caseState.js';
import { decideCause, type Cause } from './decideCause.js';
import { decideCommand, type Command } from './decideCommand.js';
import { decideTimer, type FiredTimer } from './decideTimer.js';
import type { ProcessDecision } from './decision.js';
import { parseDefinition } from './definition.js';
import { instant } from './dueTime.js';

const start = Date.UTC(2026, 0, 5, 8);
const hour = 3_600_000;
const taskId = (caseId: string, node: string, ordinal: number): string => `${caseId}/${node}/${ordinal}`;

const definition = parseDefinition({
  name: 'referral',
  version: 3,
  zone: 'UTC',
  trigger: { cause: 'exception', key: '{group}' },
  start: 'call',
  nodes: {
    call: { type: 'task', title: 'Call', act: '{act}', ownerRole: '{role}', due: 'PT24H', next: 'rest' },
    rest: { type: 'wait-timer', duration: 'PT2H', next: 'check' },
    check: { type: 'task', title: 'Check', act: 'Check', ownerRole: 'registrar', due: 'P1D', next: 'done' },
    done: { type: 'end', reason: 'finished' },
  },
});

type Step =
  | { cause: Partial<Cause> }
  | {
      command: Command['command'];
      by: string;
      roles?: string[];
      task?: string;
      ifMatch?: number;
      note?: string;
    }
  | { fired: Partial<FiredTimer> };

interface Run {
  state: CaseState | undefined;
  items: Set<string>;
}

function decide(run: Run, step: Step, now: number): ProcessDecision {
  const { state } = run;
  if ('cause' in step) {
    const cause: Cause = {
      causeEventId: 'e1',
      itemId: 'm1',
      fields: { group: 'g', act: 'Call the ward', role: 'registrar' },
      ...step.cause,
    };
    const known = {
      earlier: state?.causeEventId === cause.causeEventId ? state : undefined,
      open: state?.open ? state : undefined,
      itemKnown: run.items.has(cause.itemId ?? ''),
    };
    return decideCause(definition, known, cause, { caseId: 'c1', now, taskId });
  }
  if (!state) throw new Error('open a case first');
  if ('command' in step) {
    const { command, by, roles = ['registrar'], task = 'c1/call/1', ifMatch, note } = step;
    return decideCommand(
      definition,
      state,
      { command, task, actor: { sub: by, roles }, ifMatch, note },
      { now, taskId, supervisors: ['operator'] },
    );
  }
  return decideTimer(
    definition,
    state,
    { timer: 'due:call', timerSeq: 1, dueAt: '', ...step.fired },
    { now, taskId },
  );
}

function take(run: Run, facts: readonly ProcessFact[], now: number): void {
  if (facts.length === 0) return;
  run.state = evolve(run.state, facts, instant(now));
  for (const fact of facts) if (fact.fact === 'case-counted') run.items.add(fact.itemId);
}

/** Each step an hour after the one before. */
function given(...steps: Step[]): { run: Run; when: (step: Step, later?: number) => ProcessDecision } {
  const run: Run = { state: undefined, items: new Set() };
  steps.forEach((step, at) => take(run, decide(run, step, start + at * hour).facts, start + at * hour));
  return {
    run,
    when(step, later = steps.length) {
      const decision = decide(run, step, start + later * hour);
      take(run, decision.facts, start + later * hour);
      return decision;
    },
  };
}

const names = (decision: ProcessDecision): string[] => decision.facts.map(fact => fact.fact);
const opened: Step = { cause: {} };
const claimed: Step = { command: 'claim', by: 'nora' };
const completed: Step = { command: 'complete', by: 'nora' };

describe('causes', () => {
  it('open a case with its first task and its clock', () => {
    expect(given().when(opened)).toEqual({
      outcome: 'accepted',
      facts: [
        {
          fact: 'case-opened',
          caseId: 'c1',
          definition: 'referral',
          definitionHash: definition.hash,
          key: 'g',
          causeEventId: 'e1',
        },
        { fact: 'case-counted', caseId: 'c1', count: 1, itemId: 'm1' },
        {
          fact: 'task-created',
          task: 'c1/call/1',
          caseId: 'c1',
          node: 'call',
          title: 'Call',
          act: 'Call the ward',
          ownerRole: 'registrar',
          dueAt: '2026-01-06T08:00:00.000Z',
        },
        {
          fact: 'timer-scheduled',
          caseId: 'c1',
          timer: 'due:call',
          dueAt: '2026-01-06T08:00:00.000Z',
          timerSeq: 1,
        },
      ],
    });
  });

  it.each<[string, Step[], Partial<Cause>, string, string | undefined, string[]]>([
    ['the same cause again opens nothing', [opened], {}, 'unchanged', 'same-cause', []],
    [
      'the same cause after the case closed opens nothing',
      [opened, claimed, completed],
      {},
      'unchanged',
      'same-cause',
      [],
    ],
    [
      'another item of the group is counted',
      [opened],
      { causeEventId: 'e2', itemId: 'm2' },
      'accepted',
      undefined,
      ['case-counted'],
    ],
    ['an item is counted once', [opened], { causeEventId: 'e2' }, 'unchanged', 'same-item', []],
    [
      'a cause without items opens no second case',
      [opened],
      { causeEventId: 'e2', itemId: undefined },
      'unchanged',
      'case-open',
      [],
    ],
    [
      'a cause without its act is refused',
      [],
      { fields: { group: 'g', role: 'registrar' } },
      'rejected',
      'cause-incomplete',
      [],
    ],
    ['a cause without its key is refused', [], { fields: {} }, 'rejected', 'cause-incomplete', []],
  ])('%s', (_, history, cause, outcome, code, facts) => {
    const decision = given(...history).when({ cause });
    expect([decision.outcome, decision.code, names(decision)]).toEqual([outcome, code, facts]);
  });
});

describe('commands', () => {
  it.each<[string, Step[], Step, string, string | undefined, string[]]>([
    ['the owner role claims', [opened], claimed, 'accepted', undefined, ['task-claimed']],
    [
      'a supervisor claims',
      [opened],
      { command: 'claim', by: 'ivan', roles: ['operator'] },
      'accepted',
      undefined,
      ['task-claimed'],
    ],
    [
      'another role may not',
      [opened],
      { command: 'claim', by: 'ada', roles: ['clinician'] },
      'rejected',
      'role-missing',
      [],
    ],
    [
      'the second claim loses',
      [opened, claimed],
      { command: 'claim', by: 'otto' },
      'rejected',
      'already-claimed',
      [],
    ],
    [
      'a claim repeated by the winner changes nothing',
      [opened, claimed],
      claimed,
      'unchanged',
      'already-yours',
      [],
    ],
    [
      'an outdated version loses',
      [opened, claimed],
      { command: 'release', by: 'nora', ifMatch: 1 },
      'rejected',
      'version-conflict',
      [],
    ],
    [
      'the current version wins',
      [opened, claimed],
      { command: 'release', by: 'nora', ifMatch: 2 },
      'accepted',
      undefined,
      ['task-released'],
    ],
    [
      'releasing what nobody holds changes nothing',
      [opened],
      { command: 'release', by: 'nora' },
      'unchanged',
      'not-claimed',
      [],
    ],
    [
      'somebody else may not release',
      [opened, claimed],
      { command: 'release', by: 'otto' },
      'rejected',
      'not-owner',
      [],
    ],
    [
      'a supervisor releases',
      [opened, claimed],
      { command: 'release', by: 'ivan', roles: ['operator'] },
      'accepted',
      undefined,
      ['task-released'],
    ],
    ['nobody completes what nobody claimed', [opened], completed, 'rejected', 'not-claimed', []],
    [
      'somebody else may not complete',
      [opened, claimed],
      { command: 'complete', by: 'otto' },
      'rejected',
      'not-owner',
      [],
    ],
    [
      'completing stops the clock and moves on',
      [opened, claimed],
      completed,
      'accepted',
      undefined,
      ['task-completed', 'timer-cancelled', 'timer-scheduled'],
    ],
    ['a completed task is closed', [opened, claimed, completed], claimed, 'rejected', 'task-closed', []],
    [
      'a task of no case is unknown',
      [opened],
      { command: 'claim', by: 'nora', task: 'other' },
      'rejected',
      'task-unknown',
      [],
    ],
  ])('%s', (_, history, step, outcome, code, facts) => {
    const decision = given(...history).when(step);
    expect([decision.outcome, decision.code, names(decision)]).toEqual([outcome, code, facts]);
  });

  it('runs to the end of the definition', () => {
    const { run, when } = given(opened, claimed, { ...completed, note: 'spoke to the ward' } as Step);
    expect(run.state?.node).toBe('rest');
    expect(run.state?.tasks[0]).toMatchObject({
      status: 'completed',
      owner: 'nora',
      note: 'spoke to the ward',
      version: 3,
    });
    expect(names(when({ fired: { timer: 'wait:rest', timerSeq: 2 } }, 4))).toEqual([
      'timer-cancelled',
      'task-created',
      'timer-scheduled',
    ]);
    expect(names(when({ command: 'claim', by: 'nora', task: 'c1/check/2' }, 5))).toEqual(['task-claimed']);
    expect(names(when({ command: 'complete', by: 'nora', task: 'c1/check/2' }, 6))).toEqual([
      'task-completed',
      'timer-cancelled',
      'case-closed',
    ]);
    expect(run.state).toMatchObject({ open: false, closedReason: 'finished', node: undefined });
    expect(run.state?.timers.map(timer => timer.status)).toEqual(['cancelled', 'fired', 'cancelled']);
  });
});

describe('timers', () => {
  it('make an open task overdue, late firing included', () => {
    const { run, when } = given(opened);
    const decision = when({ fired: {} }, 30);
    expect(decision.facts).toEqual([
      {
        fact: 'task-overdue',
        task: 'c1/call/1',
        caseId: 'c1',
        dueAt: '2026-01-06T08:00:00.000Z',
        firedAt: '2026-01-06T14:00:00.000Z',
      },
    ]);
    expect(run.state?.tasks[0]).toMatchObject({ overdue: true, status: 'ready', version: 2 });
    expect(when({ fired: {} }, 31)).toEqual({ outcome: 'unchanged', code: 'timer-closed', facts: [] });
  });

  it.each<[string, Step[], Partial<FiredTimer>, number, string]>([
    ['before it is due', [opened], {}, 23, 'timer-early'],
    ['of a completed task', [opened, claimed, completed], {}, 30, 'timer-closed'],
    ['that nobody set', [opened], { timer: 'due:other' }, 30, 'timer-closed'],
    ['of another generation', [opened], { timerSeq: 2 }, 30, 'timer-closed'],
  ])('one %s changes nothing', (_, history, fired, later, code) => {
    expect(given(...history).when({ fired }, later)).toEqual({ outcome: 'unchanged', code, facts: [] });
  });
});

describe('any sequence of intents', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      cause: fc.record({
        causeEventId: fc.constantFrom('e1', 'e2'),
        itemId: fc.constantFrom('m1', 'm2', 'm3'),
      }),
    }),
    fc.record({
      command: fc.constantFrom<Command['command']>('claim', 'release', 'complete'),
      by: fc.constantFrom('nora', 'otto'),
      task: fc.constantFrom('c1/call/1', 'c1/check/2'),
    }),
    fc.record({
      fired: fc.record({
        timer: fc.constantFrom('due:call', 'wait:rest', 'due:check'),
        timerSeq: fc.integer({ min: 1, max: 3 }),
      }),
    }),
  );
  const steps = fc.array(fc.record({ step, hours: fc.integer({ min: 0, max: 30 }) }), { maxLength: 30 });

  it('repeated at once comes to the same state, and state is the fold of the facts', () => {
    fc.assert(
      fc.property(steps, list => {
        const { run } = given(opened);
        let folded = run.state;
        let later = 0;
        for (const { step: one, hours } of list) {
          later += hours;
          const now = start + later * hour;
          for (const attempt of ['first', 'again']) {
            const decision = decide(run, one, now);
            if (attempt === 'again') expect(decision.facts).toEqual([]);
            if (decision.facts.length > 0) folded = evolve(folded, decision.facts, instant(now));
            take(run, decision.facts, now);
          }
        }
        expect(folded).toEqual(run.state);
      }),
    );
  });

  it('leaves no clock running for a completed task and none at all in a closed case', () => {
    fc.assert(
      fc.property(steps, list => {
        const { run } = given(opened);
        let later = 0;
        for (const { step: one, hours } of list) {
          later += hours;
          take(run, decide(run, one, start + later * hour).facts, start + later * hour);
          const { state } = run;
          const running = state?.timers.filter(timer => timer.status === 'scheduled') ?? [];
          expect(running.length).toBeLessThanOrEqual(state?.open ? 1 : 0);
          expect(state?.tasks.filter(task => task.status !== 'completed').length ?? 0).toBeLessThanOrEqual(
            state?.open ? 1 : 0,
          );
        }
      }),
    );
  });

  it('has exactly one winner among any number of claims', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 }), people => {
        const { when } = given(opened);
        const outcomes = people.map(by => when({ command: 'claim', by, ifMatch: 1 }).outcome);
        expect(outcomes.filter(outcome => outcome === 'accepted')).toHaveLength(1);
      }),
    );
  });
});
