import type { RecordsDecidedV1 } from '@anamnesis/contracts';
import { concernsIdentity, observationsIn } from './observe.js';

type Result = RecordsDecidedV1['results'][number];
const patient = (id: string, action: Result['action'], more: Partial<Result> = {}): Result => ({
  type: 'Patient',
  id,
  version: 2,
  action,
  subject: id,
  bodyHash: 'h',
  ...(action === 'created' || action === 'updated' ? { body: { resourceType: 'Patient', id } } : {}),
  ...more,
});
const decided = (results: Result[], merge?: RecordsDecidedV1['merge']): RecordsDecidedV1 => ({
  intentId: 'i1',
  intentType: 'records.bundle-submitted.v1',
  seq: 1,
  outcome: 'accepted',
  decider: { name: 'records', version: 1 },
  decidedAt: '2026-01-01T00:00:00Z',
  results,
  reads: [],
  ...(merge ? { merge } : {}),
});

describe('what identity takes from a decision of the record', () => {
  it.each<[string, Result[], string[]]>([
    ['a created patient', [patient('a', 'created')], ['a']],
    ['an updated patient', [patient('a', 'updated')], ['a']],
    ['nothing unchanged or refused', [patient('a', 'unchanged'), patient('b', 'refused')], []],
    ['nothing but patients', [patient('a', 'created', { type: 'Encounter' })], []],
  ])('is %s', (_, results, srids) => {
    expect(observationsIn(decided(results)).map(one => one.srid)).toEqual(srids);
  });

  it('is a merge after the patients it names, with the intent that carried it', () => {
    const merge = { survivor: 'b', replaced: 'a' };
    expect(observationsIn(decided([patient('a', 'updated'), patient('b', 'updated')], merge))).toEqual([
      expect.objectContaining({ type: 'identity.patient-observed.v1', srid: 'a' }),
      expect.objectContaining({ type: 'identity.patient-observed.v1', srid: 'b' }),
      {
        type: 'identity.merge-observed.v1',
        srid: 'a',
        payload: { survivor: 'b', replaced: 'a', sourceIntentId: 'i1' },
      },
    ]);
  });

  it('is chosen by headers, without opening anything', () => {
    const attributes = {
      id: 'd1',
      source: 'records',
      type: 'records.decided.v1',
      time: '',
      partitionKey: '0',
      tenant: 'demo',
      correlationId: 'm1',
      contentType: 'application/json',
    };
    expect(concernsIdentity({ ...attributes, facts: { patients: '1' } })).toBe(true);
    expect(concernsIdentity({ ...attributes, facts: { merge: '1' } })).toBe(true);
    expect(concernsIdentity({ ...attributes, facts: { registration: '1' } })).toBe(false);
    expect(concernsIdentity(attributes)).toBe(false);
  });
});
