import { describe, expect, it } from '@jest/globals';
import { adam, bundle, eve, given, merge, observation, patient, resultOf } from '../testing/scenario.js';

const zoe = 'zoe'.padEnd(32, 'a');

describe('a merge message in two parts', () => {
  it('waits for its other part, then acts once at the position of the last', () => {
    const scenario = given();
    const first = scenario.when(merge(eve, adam, 1, 'm1'));
    expect(first.decided.outcome).toBe('incomplete');
    expect(first.decided.merge).toBeUndefined();
    const last = scenario.when(merge(eve, adam, 2, 'm1'));
    expect(last.decided).toMatchObject({ outcome: 'accepted', merge: { survivor: eve, replaced: adam } });
    expect(scenario.state.pending.size).toBe(0);
  });

  it('does not care which part comes first', () => {
    const forwards = given(merge(eve, adam, 1, 'm1'), merge(eve, adam, 2, 'm1'));
    const backwards = given(merge(eve, adam, 2, 'm1'), merge(eve, adam, 1, 'm1'));
    const linkOf = (s: typeof forwards, id: string) => s.stored('Patient', id)?.body?.['link'];
    expect(linkOf(backwards, eve)).toEqual(linkOf(forwards, eve));
    expect(linkOf(backwards, adam)).toEqual(linkOf(forwards, adam));
  });

  it('leaves the loser inactive with a link to the survivor, and the survivor linked back', () => {
    const scenario = given(
      bundle({ resources: [patient(adam, { birthDate: '1950-01-01' })] }),
      merge(eve, adam, 1, 'm1'),
      merge(eve, adam, 2, 'm1'),
    );
    expect(scenario.stored('Patient', adam)?.body).toMatchObject({
      active: false,
      birthDate: '1950-01-01',
      link: [{ other: { reference: `Patient/${eve}` }, type: 'replaced-by' }],
    });
    expect(scenario.stored('Patient', eve)?.body).toMatchObject({
      link: [{ other: { reference: `Patient/${adam}` }, type: 'replaces' }],
    });
  });

  it('takes nothing away from the loser, whose part only names it', () => {
    const identifiers = [
      { system: 'urn:oid:9', value: 'x' },
      { system: 'urn:oid:1.2.3', value: 'mrn' },
    ];
    const scenario = given(
      bundle({ resources: [patient(adam, { identifier: identifiers })] }),
      merge(eve, adam, 1, 'm1'),
      merge(eve, adam, 2, 'm1'),
    );
    expect(scenario.stored('Patient', adam)?.body?.['identifier']).toEqual(identifiers);
  });

  it('changes nothing when the same merge comes again', () => {
    const scenario = given(merge(eve, adam, 1, 'm1'), merge(eve, adam, 2, 'm1'));
    const again = scenario.when(merge(eve, adam, 1, 'm2'), merge(eve, adam, 2, 'm2'));
    expect(again.decided.outcome).toBe('unchanged');
    expect(again.decided.merge).toBeUndefined();
  });

  it('refuses a ring', () => {
    const scenario = given(merge(eve, adam, 1, 'm1'), merge(eve, adam, 2, 'm1'));
    const ring = scenario.when(merge(adam, eve, 1, 'm2'), merge(adam, eve, 2, 'm2'));
    expect(ring.decided).toMatchObject({ outcome: 'rejected', code: 'merge-cycle' });
    expect(scenario.state.pending.size).toBe(0);
  });

  it('refuses a ring through a third record', () => {
    const scenario = given(merge(eve, adam, 1, 'm1'), merge(eve, adam, 2, 'm1'));
    scenario.when(merge(zoe, eve, 1, 'm2'), merge(zoe, eve, 2, 'm2'));
    const ring = scenario.when(merge(adam, zoe, 1, 'm3'), merge(adam, zoe, 2, 'm3'));
    expect(ring.decided).toMatchObject({ outcome: 'rejected', code: 'merge-cycle' });
  });

  it('refuses a record as its own survivor', () => {
    const self = given(merge(eve, eve, 1, 'm1', 1)).decisions[0];
    expect(self?.decided).toMatchObject({ outcome: 'rejected', code: 'merge-cycle' });
  });

  it('refuses to merge away a record that already went elsewhere', () => {
    const scenario = given(merge(eve, adam, 1, 'm1'), merge(eve, adam, 2, 'm1'));
    const second = scenario.when(merge(zoe, adam, 1, 'm2'), merge(zoe, adam, 2, 'm2'));
    expect(second.decided).toMatchObject({ outcome: 'rejected', code: 'merge-conflict' });
  });
});

describe('after a merge', () => {
  const merged = () => given(merge(eve, adam, 1, 'm1'), merge(eve, adam, 2, 'm1'));

  it('a write to the replaced record lands on it and leaves it replaced', () => {
    const scenario = merged();
    const decision = scenario.when(
      bundle({ resources: [patient(adam, { active: true, birthDate: '1951' })] }),
    );
    expect(resultOf(decision, 'Patient', adam)?.body).toMatchObject({
      active: false,
      birthDate: '1951',
      link: [{ type: 'replaced-by' }],
    });
    expect(scenario.stored('Patient', eve)?.body).not.toHaveProperty('birthDate');
  });

  it('a result of the replaced record may be corrected under the survivor', () => {
    const scenario = given(bundle({ resources: [observation('o1', adam)] }));
    scenario.when(merge(eve, adam, 1, 'm1'), merge(eve, adam, 2, 'm1'));
    const decision = scenario.when(bundle({ resources: [observation('o1', eve, { valueString: 'x' })] }));
    expect(decision.decided.outcome).toBe('accepted');
    expect(scenario.stored('Observation', 'o1')).toMatchObject({ subject: eve, version: 2 });
  });
});

describe('other identity messages', () => {
  it.each(['move', 'change-of-id', 'link', 'unlink'] as const)('of class %s are refused, in words', kind => {
    const decision = given().when(
      bundle({
        resources: [patient(eve)],
        identity: { class: kind, trigger: 'A45', survivor: eve, replaced: adam },
      }),
    );
    expect(decision.decided).toMatchObject({ outcome: 'rejected', code: 'identity-class-unsupported' });
  });
});
