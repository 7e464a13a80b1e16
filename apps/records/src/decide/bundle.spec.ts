import { describe, expect, it } from '@jest/globals';
import { adam, bundle, eve, given, observation, patient, resultOf } from '../testing/scenario.js';

const named = (family: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: [{ family, given: ['Eve'] }],
  birthDate: '1962-03-20',
  gender: 'female',
  ...more,
});
const at = (hour: number): { effectiveTime: string } => ({
  effectiveTime: `2026-01-01T${String(hour).padStart(2, '0')}:00:00+01:00`,
});

describe('a feed', () => {
  it('creates what is absent, with version, time and source', () => {
    const decision = given().when(bundle({ resources: [patient(eve, named('Everywoman'))] }));
    expect(decision.decided.outcome).toBe('accepted');
    expect(resultOf(decision, 'Patient')).toMatchObject({ version: 1, action: 'created', subject: eve });
    expect(resultOf(decision, 'Patient')?.body?.['meta']).toEqual({
      versionId: '1',
      lastUpdated: '2026-01-01T00:00:01.000Z',
      source: 'urn:anamnesis:interface:adt-main',
    });
  });

  it('makes no version of equal content, whatever the order of its members', () => {
    const scenario = given(bundle({ resources: [patient(eve, { gender: 'female', birthDate: '1962' })] }));
    const again = scenario.when(
      bundle({ resources: [patient(eve, { birthDate: '1962', gender: 'female' })] }),
    );
    expect(again.decided).toMatchObject({ outcome: 'unchanged', code: 'same-content' });
    expect(again.decided.results).toHaveLength(1);
  });

  it('keeps the elements of a Patient that a partial message does not name', () => {
    const scenario = given(bundle({ resources: [patient(eve, named('Everywoman'))] }));
    const decision = scenario.when(bundle({ resources: [patient(eve, { name: [{ family: 'Newname' }] })] }));
    expect(resultOf(decision, 'Patient')?.body).toMatchObject({
      name: [{ family: 'Newname' }],
      birthDate: '1962-03-20',
    });
  });

  it('replaces any other resource as a whole', () => {
    const scenario = given(
      bundle({ resources: [observation('o1', eve, { valueString: 'a', note: [{ text: 'n' }] })] }),
    );
    const decision = scenario.when(bundle({ resources: [observation('o1', eve, { valueString: 'b' })] }));
    expect(resultOf(decision, 'Observation')?.body).not.toHaveProperty('note');
  });

  it('makes one Observation with three versions of preliminary, final and corrected', () => {
    const scenario = given();
    const rows = ['preliminary', 'final', 'corrected'].map((status, statusRank) =>
      scenario.when(
        bundle({ resources: [observation('o1', eve, { status }, { ...at(statusRank), statusRank })] }),
      ),
    );
    expect(rows.map(d => resultOf(d, 'Observation')?.version)).toEqual([1, 2, 3]);
  });

  it('takes cancelled and withdrawn results as versions, never as a delete', () => {
    const scenario = given(bundle({ resources: [observation('o1', eve, {}, { statusRank: 2 })] }));
    const decision = scenario.when(
      bundle({ resources: [observation('o1', eve, { status: 'entered-in-error' }, { statusRank: 4 })] }),
    );
    expect(resultOf(decision, 'Observation')).toMatchObject({ version: 2, action: 'updated' });
  });

  it('writes one version when a message names a resource twice', () => {
    const decision = given().when(
      bundle({
        resources: [
          observation('o1', eve, { valueString: 'a' }),
          observation('o1', eve, { valueString: 'b' }),
        ],
      }),
    );
    expect(decision.decided.results.filter(r => r.type === 'Observation')).toHaveLength(1);
    expect(resultOf(decision, 'Observation')?.body).toMatchObject({ valueString: 'b' });
  });
});

describe('the effective-time guard', () => {
  it('leaves the newer statement and says so', () => {
    const scenario = given(bundle({ resources: [patient(eve, named('New'), at(12))] }));
    const decision = scenario.when(bundle({ resources: [patient(eve, named('Old'), at(11))] }));
    expect(decision.decided).toMatchObject({ outcome: 'unchanged', code: 'older-than-current' });
    expect(resultOf(decision, 'Patient')).toMatchObject({ version: 1, code: 'older-than-current' });
  });

  it('compares instants, not texts', () => {
    const scenario = given(
      bundle({ resources: [patient(eve, named('A'), { effectiveTime: '2026-01-01T12:00:00+02:00' })] }),
    );
    const decision = scenario.when(
      bundle({ resources: [patient(eve, named('B'), { effectiveTime: '2026-01-01T11:00:00Z' })] }),
    );
    expect(decision.decided.outcome).toBe('accepted');
  });

  it('lets the later of two equal times win', () => {
    const scenario = given(bundle({ resources: [patient(eve, named('A'), at(12))] }));
    expect(scenario.when(bundle({ resources: [patient(eve, named('B'), at(12))] })).decided.outcome).toBe(
      'accepted',
    );
  });

  it('remembers the time of a message that only confirmed what is there', () => {
    const scenario = given(
      bundle({ resources: [patient(eve, named('A'), at(10))] }),
      bundle({ resources: [patient(eve, named('A'), at(14))] }),
    );
    expect(scenario.decisions[1]?.decided).toMatchObject({ outcome: 'unchanged', code: 'confirmed' });
    const late = scenario.when(bundle({ resources: [patient(eve, named('B'), at(12))] }));
    expect(late.decided).toMatchObject({ outcome: 'unchanged', code: 'older-than-current' });
  });

  it('uses the time of the message where a resource has none', () => {
    const scenario = given(bundle({ resources: [patient(eve, named('A'))], ...at(12) }));
    expect(scenario.when(bundle({ resources: [patient(eve, named('B'))], ...at(11) })).decided.code).toBe(
      'older-than-current',
    );
  });

  it('never lets a lower status overwrite a higher one', () => {
    const scenario = given(bundle({ resources: [observation('o1', eve, {}, { statusRank: 2, ...at(10) })] }));
    const decision = scenario.when(
      bundle({
        resources: [observation('o1', eve, { status: 'preliminary' }, { statusRank: 1, ...at(11) })],
      }),
    );
    expect(decision.decided).toMatchObject({ outcome: 'unchanged', code: 'lower-status' });
  });

  it('files the newer part of a message that is partly old, and says which was not', () => {
    const scenario = given(bundle({ resources: [observation('o1', eve, {}, at(12))] }));
    const decision = scenario.when(
      bundle({
        resources: [observation('o1', eve, { valueString: 'x' }, at(11)), observation('o2', eve, {}, at(11))],
      }),
    );
    expect(decision.decided.outcome).toBe('accepted');
    expect(resultOf(decision, 'Observation', 'o1')).toMatchObject({
      action: 'unchanged',
      code: 'older-than-current',
    });
    expect(resultOf(decision, 'Observation', 'o2')).toMatchObject({ action: 'created' });
  });
});

describe('a feed that only refers to the Patient', () => {
  const refer = { authority: 'reference' as const };
  const result = (elements: Record<string, unknown>) =>
    bundle({
      interface: 'lab-results',
      messageType: 'ORU^R01',
      resources: [patient(eve, elements, refer), observation('o1', eve)],
    });

  it('creates a minimal Patient when there is none', () => {
    const decision = given().when(result(named('Everywoman')));
    expect(resultOf(decision, 'Patient')).toMatchObject({ action: 'created', version: 1 });
  });

  it('changes no demographics by a sparse PID', () => {
    const scenario = given(bundle({ resources: [patient(eve, named('Everywoman'))] }));
    const decision = scenario.when(result({}));
    expect(resultOf(decision, 'Patient')).toMatchObject({ action: 'unchanged', version: 1 });
    expect(resultOf(decision, 'Observation')).toMatchObject({ action: 'created' });
  });

  it.each([
    ['another birth date', { birthDate: '1962-03-21' }, 'birthDate'],
    ['another sex', { gender: 'male' }, 'gender'],
    ['another name', { name: [{ family: 'Otherwoman', given: ['Eve'] }] }, 'name'],
    ['another given name', { name: [{ family: 'Everywoman', given: ['Ada'] }] }, 'name'],
  ])('files nothing of a message with %s', (_what, elements, element) => {
    const scenario = given(bundle({ resources: [patient(eve, named('Everywoman'))] }));
    const decision = scenario.when(result(elements));
    expect(decision.decided).toMatchObject({ outcome: 'rejected', code: 'wrong-patient' });
    expect(decision.rejection?.reason).toContain(element);
    expect(decision.decided.results.map(r => [r.type, r.action, r.code])).toEqual([
      ['Patient', 'refused', 'wrong-patient'],
      ['Observation', 'refused', 'not-filed'],
    ]);
    expect(scenario.stored('Observation', 'o1')).toBeUndefined();
  });

  it.each([
    ['case and spaces', { name: [{ family: ' EVERYWOMAN ', given: ['EVE'] }] }],
    ['a missing given name', { name: [{ family: 'Everywoman' }] }],
    ['a birth date of lower precision', { birthDate: '1962' }],
    ['an unknown sex', { gender: 'unknown' }],
  ])('takes no contradiction from %s', (_what, elements) => {
    const scenario = given(bundle({ resources: [patient(eve, named('Everywoman'))] }));
    expect(scenario.when(result(elements)).decided.outcome).toBe('accepted');
  });
});

describe('resources of another source record', () => {
  it('are never overwritten', () => {
    const scenario = given(bundle({ resources: [observation('o1', eve)] }));
    const decision = scenario.when(bundle({ resources: [observation('o1', adam, { valueString: 'x' })] }));
    expect(decision.decided).toMatchObject({ outcome: 'rejected', code: 'wrong-patient' });
    expect(scenario.stored('Observation', 'o1')).toMatchObject({ subject: eve, version: 1 });
  });
});

describe('shared resources', () => {
  it('are created when absent and left alone afterwards', () => {
    const place = (name: string) =>
      bundle({
        resources: [
          {
            type: 'Organization',
            id: 'org',
            authority: 'shared',
            subject: '',
            resource: { resourceType: 'Organization', id: 'org', name },
          },
        ],
      });
    const scenario = given(place('Ward'));
    expect(scenario.when(place('Other')).decided).toMatchObject({
      outcome: 'unchanged',
      code: 'not-authoritative',
    });
  });
});

describe('Provenance', () => {
  it('targets the versions written and names the message', () => {
    const scenario = given(bundle({ resources: [patient(eve)] }));
    const decision = scenario.when(
      bundle({ resources: [patient(eve), observation('o1', eve)], ...at(9) }, 'message-1'),
    );
    expect(resultOf(decision, 'Provenance')?.body).toMatchObject({
      target: [{ reference: 'Observation/o1/_history/1' }],
      occurredDateTime: '2026-01-01T08:00:00.000Z',
      agent: [{ who: { identifier: { value: 'adt-main' } } }],
      entity: [
        { role: 'source', what: { identifier: { system: 'urn:anamnesis:event', value: 'message-1' } } },
      ],
    });
  });

  it('is not written when nothing was', () => {
    const scenario = given(bundle({ resources: [patient(eve)] }));
    expect(resultOf(scenario.when(bundle({ resources: [patient(eve)] })), 'Provenance')).toBeUndefined();
  });
});

describe('reads', () => {
  it('name every resource that was looked at, with the version seen', () => {
    const scenario = given(bundle({ resources: [patient(eve)] }));
    const decision = scenario.when(bundle({ resources: [patient(eve), observation('o1', eve)] }));
    expect(decision.decided.reads).toEqual([
      { type: 'Patient', id: eve, version: 1 },
      { type: 'Observation', id: 'o1', version: 0 },
    ]);
  });
});
