import { randomBytes } from 'node:crypto';
import type { EventAttributes, ExceptionRaisedV1 } from '@anamnesis/contracts';
import { caseKey } from '@anamnesis/process';
import { causeOf } from '../decide/intent.js';
import { definitions } from '../definitions.js';
import { causeIntent, exceptionCause, isRegistration, positionOf, registrationCause } from './cause.js';

const decided: EventAttributes = {
  id: 'd1',
  source: 'records',
  type: 'records.decided.v1',
  time: '2026-01-01T00:00:00Z',
  partitionKey: '0',
  tenant: 'demo',
  srid: 'srid1',
  correlationId: 'm1',
  contentType: 'application/json',
  facts: { registration: '1', interface: 'adt-main' },
};
const raised: ExceptionRaisedV1 = {
  interface: 'samples',
  code: 'no-map',
  category: 'parked',
  group: 'g1',
  single: false,
  place: { service: 'translation', stage: 'translate' },
  reason: 'No map',
  ownerRole: 'integrator',
  act: 'Add a map',
  item: { id: 'm1', srid: 'srid1', segment: 'PID', field: 'PID-7', byte: 212 },
};

describe('causes of work', () => {
  it('takes a registration from the headers of the decision alone', () => {
    expect(registrationCause(decided)).toEqual({
      cause: 'registration',
      causeEventId: 'd1',
      srid: 'srid1',
      interface: 'adt-main',
    });
    expect(isRegistration(decided)).toBe(true);
    expect(isRegistration({ ...decided, facts: {} })).toBe(false);
    expect(isRegistration({ ...decided, srid: undefined })).toBe(false);
    expect(isRegistration({ ...decided, type: 'identity.decided.v1' })).toBe(false);
  });

  it('keys an exception by its group and hands its texts on', () => {
    const cause = causeOf(exceptionCause(decided, raised));
    const [definition] = definitions.triggeredBy('exception');
    expect(definition && caseKey(definition, cause.fields)).toBe('g1');
    expect(cause).toMatchObject({
      itemId: 'm1',
      fields: { act: 'Add a map', ownerRole: 'integrator', position: 'PID PID-7 @212' },
    });
  });

  it('names a place only as far as it is known', () => {
    expect(positionOf({ id: 'm1' })).toBeUndefined();
    expect(positionOf({ id: 'm1', segment: 'PID' })).toBe('PID');
    expect(positionOf({ id: 'm1', byte: 3 })).toBe('@3');
  });

  it('gives the same intent for the same cause, at the position of the cause', () => {
    const record = {
      topic: 'records.events',
      partition: 0,
      offset: 7,
      appendTime: 0,
      key: '0',
      headers: {},
      value: null,
    };
    const options = {
      shard: 0,
      idKey: Buffer.alloc(32, 1),
      epoch: 'e1',
      time: '2026-01-01T00:00:00Z',
      random: randomBytes,
    };
    const intent = causeIntent(record, decided, registrationCause(decided), options);
    expect(causeIntent(record, decided, registrationCause(decided), options)).toEqual(intent);
    expect(intent).toMatchObject({
      topic: 'workflow.log',
      partition: 0,
      headers: {
        ce_causeposition: 'records.events@e1:0:7:0',
        ce_causationid: 'd1',
        ce_correlationid: 'm1',
      },
    });
  });
});
