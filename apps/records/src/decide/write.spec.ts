import { describe, expect, it } from '@jest/globals';
import { bundle, eve, given, idKey, merge, adam, patient, resultOf, write } from '../testing/scenario.js';
import { idOfCreated } from './write.js';

const update = (id: string, version: number | undefined, more: Record<string, unknown> = {}) =>
  write({
    interaction: 'update',
    type: 'Patient',
    id,
    resource: { resourceType: 'Patient', id, ...more },
    ...(version === undefined ? {} : { ifMatch: version }),
  });

describe('a create through the API', () => {
  it('gives the id of its intent; a Patient is its own source record', () => {
    const request = write({ type: 'Patient', resource: { resourceType: 'Patient', gender: 'female' } });
    const decision = given().when(request);
    const id = idOfCreated(idKey, 'Patient', request.id);
    expect(decision.decided).toMatchObject({ outcome: 'accepted' });
    expect(resultOf(decision, 'Patient')).toMatchObject({ id, subject: id, version: 1, action: 'created' });
    expect(resultOf(decision, 'Patient')?.body?.['meta']).toMatchObject({ source: 'urn:anamnesis:api' });
    expect(resultOf(decision, 'Provenance')?.body).toMatchObject({
      agent: [{ who: { identifier: { system: 'urn:anamnesis:user', value: 'nora' } } }],
    });
  });

  it('refuses a resource about a Patient who is not in the record', () => {
    const decision = given().when(
      write({
        type: 'Observation',
        resource: { resourceType: 'Observation', subject: { reference: `Patient/${eve}` } },
      }),
    );
    expect(decision.decided).toMatchObject({ outcome: 'rejected', code: 'unknown-patient' });
  });

  it('files a resource under the Patient it refers to', () => {
    const scenario = given(bundle({ resources: [patient(eve)] }));
    const decision = scenario.when(
      write({
        type: 'Observation',
        resource: { resourceType: 'Observation', subject: { reference: `Patient/${eve}` } },
      }),
    );
    expect(resultOf(decision, 'Observation')).toMatchObject({ subject: eve, action: 'created' });
  });
});

describe('an update through the API', () => {
  const created = () => {
    const request = write({ type: 'Patient', resource: { resourceType: 'Patient', gender: 'female' } });
    return { scenario: given(request), id: idOfCreated(idKey, 'Patient', request.id) };
  };

  it('replaces the resource', () => {
    const { scenario, id } = created();
    const decision = scenario.when(update(id, 1, { birthDate: '1970-01-01' }));
    expect(resultOf(decision, 'Patient')).toMatchObject({ version: 2, action: 'updated' });
    expect(resultOf(decision, 'Patient')?.body).not.toHaveProperty('gender');
  });

  it('makes no version of equal content', () => {
    const { scenario, id } = created();
    expect(scenario.when(update(id, 1, { gender: 'female' })).decided.outcome).toBe('unchanged');
  });

  it('is refused when the client saw another version', () => {
    const { scenario, id } = created();
    const decision = scenario.when(update(id, 2, { birthDate: '1970' }));
    expect(decision.decided).toMatchObject({ outcome: 'rejected', code: 'version-conflict' });
  });

  it('never creates', () => {
    expect(given().when(update(eve, undefined)).decided).toMatchObject({
      outcome: 'rejected',
      code: 'unknown-id',
    });
  });

  it('is refused for what a feed keeps, naming the interface', () => {
    const scenario = given(bundle({ resources: [patient(eve)] }));
    const decision = scenario.when(update(eve, 1, { birthDate: '1970' }));
    expect(decision.decided).toMatchObject({ outcome: 'rejected', code: 'feed-owned' });
    expect(decision.rejection?.reason).toContain('adt-main');
  });

  it('cannot move a resource to another Patient', () => {
    const scenario = given(bundle({ resources: [patient(eve)] }), bundle({ resources: [patient(adam)] }));
    const about = (id: string) => ({ resourceType: 'Observation', subject: { reference: `Patient/${id}` } });
    const request = write({ type: 'Observation', resource: about(eve) });
    scenario.when(request);
    const id = idOfCreated(idKey, 'Observation', request.id);
    const decision = scenario.when(
      write({ interaction: 'update', type: 'Observation', id, resource: { ...about(adam), id } }),
    );
    expect(decision.decided).toMatchObject({ outcome: 'rejected', code: 'subject-changed' });
    scenario.when(merge(adam, eve, 1, 'm'), merge(adam, eve, 2, 'm'));
    const after = scenario.when(
      write({ interaction: 'update', type: 'Observation', id, resource: { ...about(adam), id } }),
    );
    expect(after.decided.outcome).toBe('accepted');
  });
});
