import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  adam,
  bundle,
  eve,
  given,
  merge,
  observation,
  patient,
  tenant,
  type Intent,
} from '../testing/scenario.js';
import { changesOf, evolve } from './evolve.js';
import { emptyState, type Decision, type RecordsState } from './types.js';

const srid = fc.constantFrom(eve, adam);
const hour = fc.integer({ min: 0, max: 5 });
const time = (h: number): { effectiveTime: string } => ({ effectiveTime: `2026-01-01T0${h}:00:00Z` });

const intents: fc.Arbitrary<Intent> = fc.oneof(
  fc
    .record({ srid, h: hour, family: fc.constantFrom('A', 'B') })
    .map(({ srid: id, h, family }) =>
      bundle({ resources: [patient(id, { name: [{ family, given: ['X'] }] }, time(h))] }),
    ),
  fc
    .record({ srid, h: hour, id: fc.constantFrom('o1', 'o2'), value: fc.constantFrom('1', '2'), rank: hour })
    .map(({ srid: about, h, id, value, rank }) =>
      bundle({
        resources: [
          patient(
            about,
            { name: [{ family: value === '1' ? 'A' : 'C', given: ['X'] }] },
            { authority: 'reference' },
          ),
          observation(id, about, { valueString: value }, { ...time(h), statusRank: rank }),
        ],
      }),
    ),
  fc
    .record({ n: fc.constantFrom(1, 2), forwards: fc.boolean(), message: fc.constantFrom('m1', 'm2') })
    .map(({ n, forwards, message }) =>
      forwards ? merge(eve, adam, n, message) : merge(adam, eve, n, message),
    ),
);

function foldOf(decisions: readonly Decision[], all: readonly Intent[]): RecordsState {
  const state = emptyState();
  decisions.forEach((decision, at) =>
    evolve(
      state,
      changesOf(JSON.parse(JSON.stringify(decision.decided)), {
        tenant,
        correlationId: all[at]?.correlationId ?? '',
        part: decision.part,
      }),
    ),
  );
  return state;
}

describe('the record', () => {
  it('is restored by folding published decisions alone', () => {
    fc.assert(
      fc.property(fc.array(intents, { maxLength: 25 }), all => {
        const scenario = given(...all);
        expect(foldOf(scenario.decisions, all)).toEqual(scenario.state);
      }),
    );
  });

  it('never goes back in time and numbers versions without holes', () => {
    fc.assert(
      fc.property(fc.array(intents, { maxLength: 25 }), all => {
        const scenario = given(...all);
        const versions = new Map<string, number>();
        const effective = new Map<string, number>();
        for (const { decided } of scenario.decisions)
          for (const version of changesOf(decided, { tenant, correlationId: '' }).versions) {
            const key = `${version.type}/${version.id}`;
            expect(version.version).toBe((versions.get(key) ?? 0) + 1);
            versions.set(key, version.version);
            if (version.type !== 'Observation') continue;
            expect(version.effective ?? 0).toBeGreaterThanOrEqual(effective.get(key) ?? -Infinity);
            effective.set(key, version.effective ?? -Infinity);
          }
      }),
    );
  });

  it('ends the same when every message is decided a second time at once', () => {
    const bodies = (state: RecordsState): [string, string][] =>
      [...state.current]
        .filter(([key]) => !key.includes(' Provenance '))
        .map(([key, stored]) => [key, stored.bodyHash] as [string, string]);
    const results = intents.filter(intent => intent.bundle?.identity === undefined);
    fc.assert(
      fc.property(fc.array(results, { maxLength: 20 }), all => {
        const once = given(...all);
        const twice = given(...all.flatMap(intent => [intent, { ...intent, id: `${intent.id}-again` }]));
        expect(bodies(twice.state)).toEqual(bodies(once.state));
      }),
    );
  });

  it('keeps merges a forest: every record has one survivor, and none is its own', () => {
    const people = ['a', 'b', 'c', 'd'];
    const merges = fc.array(fc.tuple(fc.constantFrom(...people), fc.constantFrom(...people)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(merges, pairs => {
        const { state } = given(...pairs.map(([s, r], at) => merge(s, r, 1, `m${at}`, 1)));
        for (const start of people) {
          const seen = new Set<string>();
          for (
            let at: string | undefined = start;
            at !== undefined;
            at = state.merged.get(`${tenant} ${at}`)
          ) {
            expect(seen.has(at)).toBe(false);
            seen.add(at);
          }
        }
      }),
    );
  });
});
