import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idKey, startAuditing, type Auditing } from '../fixture/auditing.js';
import type { SentMessage } from '../fixture/messages.js';
import { fakeCompile, rawPatient, rawResult } from '../fixture/translation.js';
import { createLineage, type Lineage } from './lineage.js';
import { translateUnderPlans } from './plans.js';

const plans = { plan: () => ({}), refresh: async () => undefined };

function lineageWith(audit: Auditing, salt?: string): Lineage {
  return createLineage({
    pool: audit.pool,
    keyring: audit.keys.keyring,
    idKeyOf: () => idKey,
    interfacesOf: () => ['adt-main', 'lab-results'],
    translate: translateUnderPlans(plans, fakeCompile(salt)),
  });
}

describe('lineage over the projections', () => {
  let audit: Auditing;
  let lineage: Lineage;
  beforeAll(async () => {
    audit = await startAuditing();
    lineage = lineageWith(audit);
  }, 60_000);
  afterAll(() => audit?.close());

  let controls = 0;
  /** One message through all hops, writing one version. */
  const send = async (
    raw: string,
    resource: { type: string; id: string; version: number },
  ): Promise<SentMessage> => {
    controls += 1;
    const message = await audit.hospital.receive({ control: `L${controls}`, raw });
    const part = { n: 1, of: 1, srids: [message.srid] };
    const result = fakeCompile()({})(Buffer.from(raw), { idKey, eventId: message.eventId, part });
    if (!result.ok) throw new Error('no translation');
    await audit.hospital.translate(message, { output: result.outputHash, lineage: result.lineageHash });
    await audit.hospital.submit(message);
    await audit.hospital.decide(message, 'accepted', [
      {
        ...resource,
        action: resource.version === 1 ? 'created' : 'updated',
        subject: message.srid,
        bodyHash: 'h',
      },
    ]);
    return message;
  };

  it('shows the hops of a recorded message in order, with hashes in and out', async () => {
    const message = await send(rawResult('obs-a', '7.1'), { type: 'Observation', id: 'obs-a', version: 1 });
    await audit.settle();
    const found = await lineage.message('demo', message.eventId);
    expect(found.state).toBe('recorded');
    expect(found.hops.map(hop => hop.topic)).toEqual([
      'ingress.messages',
      'clinical.translated',
      'records.log',
      'records.events',
    ]);
    expect(found.hops.slice(1).map(hop => hop.hashIn)).toEqual(
      found.hops.slice(0, -1).map(hop => hop.hashOut),
    );
    expect(found.hops.slice(0, -1).every(hop => (hop.durationToNextMs ?? -1) >= 0)).toBe(true);
    expect(found.resources).toMatchObject([
      { type: 'Observation', id: 'obs-a', version: 1, action: 'created' },
    ]);
    expect(found.interface).toBe('lab-results');
  });

  it('knows nothing of it in another tenant', async () => {
    const [candidate] = await lineage.byControl('demo', 'L1');
    await expect(lineage.message('north', candidate?.id ?? '')).rejects.toMatchObject({
      code: 'ANM_NOT_FOUND',
    });
    expect(await lineage.byControl('north', 'L1')).toEqual([]);
  });

  it('lists every message under a control id, the refused one among them', async () => {
    await audit.hospital.receive({ control: 'TWICE', interface: 'lab-results' });
    await audit.hospital.receive({ control: 'TWICE', interface: 'adt-main' });
    await audit.settle();
    expect((await lineage.byControl('demo', 'TWICE')).map(one => one.interface).sort()).toEqual([
      'adt-main',
      'lab-results',
    ]);
    expect(await lineage.byControl('demo', 'TWICE', 'adt-main')).toHaveLength(1);
  });

  it('traces a value to its bytes, and from the bytes back', async () => {
    const raw = rawResult('obs-b', '42');
    const message = await send(raw, { type: 'Observation', id: 'obs-b', version: 1 });
    await audit.settle();
    const field = await lineage.field('demo', {
      type: 'Observation',
      id: 'obs-b',
      path: 'valueQuantity.value',
      reveal: true,
    });
    expect(field).toMatchObject({ version: 1, messageId: message.eventId, rule: 'OBX-5', verified: true });
    const [span] = field.source;
    expect(raw.slice(span?.start, span?.end)).toBe('42');
    expect(span?.text).toBe('42');
    const back = await lineage.fields('demo', message.eventId, { source: 'OBX-5', reveal: false });
    expect(back.entries.map(entry => entry.target)).toEqual(['Observation/obs-b.valueQuantity.value']);
    expect(back.entries[0]?.source[0]).not.toHaveProperty('text');
    expect(back.traced).toBe(1);
  });

  it('names the last version in which the value changed', async () => {
    const id = 'obs-c';
    await send(rawResult(id, '1'), { type: 'Observation', id, version: 1 });
    const changed = await send(rawResult(id, '2'), { type: 'Observation', id, version: 2 });
    await send(rawResult(id, '2'), { type: 'Observation', id, version: 3 });
    await audit.settle();
    const ask = (version?: number) =>
      lineage.field('demo', { type: 'Observation', id, path: 'valueQuantity.value', version, reveal: false });
    expect(await ask()).toMatchObject({ version: 2, messageId: changed.eventId });
    expect(await ask(1)).toMatchObject({ version: 1 });
    await expect(ask(4)).rejects.toMatchObject({ code: 'ANM_NOT_FOUND' });
  });

  it('looks past a sparse patient message to the one that sent the name', async () => {
    const first = await send(rawPatient('pat-a', 'EVERYWOMAN'), { type: 'Patient', id: 'pat-a', version: 1 });
    await send(rawPatient('pat-a', ''), { type: 'Patient', id: 'pat-a', version: 2 });
    await audit.settle();
    const field = await lineage.field('demo', {
      type: 'Patient',
      id: 'pat-a',
      path: 'name.family',
      reveal: false,
    });
    expect(field).toMatchObject({ version: 1, messageId: first.eventId });
  });

  it('does not attribute to a message what was written through the API since', async () => {
    await send(rawResult('obs-d', '5'), { type: 'Observation', id: 'obs-d', version: 1 });
    await audit.hospital.write({ type: 'Observation', id: 'obs-d', version: 2 });
    await audit.settle();
    await expect(
      lineage.field('demo', { type: 'Observation', id: 'obs-d', path: 'valueQuantity.value', reveal: false }),
    ).rejects.toMatchObject({ code: 'ANM_FIELD_NOT_FROM_MESSAGE' });
  });

  it('refuses lineage that does not meet the recorded hash', async () => {
    const other = lineageWith(audit, 'v2');
    await expect(
      other.field('demo', { type: 'Observation', id: 'obs-b', path: 'valueQuantity.value', reveal: false }),
    ).rejects.toMatchObject({ code: 'ANM_LINEAGE_MISMATCH' });
  });

  it('shows a raw message masked unless it is revealed, and not at all once erased', async () => {
    const message = await send(rawPatient('pat-b', 'EVERYWOMAN'), {
      type: 'Patient',
      id: 'pat-b',
      version: 1,
    });
    await audit.settle();
    const masked = await lineage.raw('demo', message.eventId, false);
    expect(masked.text).toContain('PID|*||*||*');
    expect(JSON.stringify(masked)).not.toContain('EVERYWOMAN');
    expect((await lineage.raw('demo', message.eventId, true)).text).toContain('EVERYWOMAN');
    audit.keys.destroy('demo', message.srid);
    audit.keys.forget();
    await expect(lineage.raw('demo', message.eventId, true)).rejects.toMatchObject({ code: 'ANM_ERASED' });
    expect((await lineage.message('demo', message.eventId)).state).toBe('recorded');
  });

  it('says of a parked message who must act', async () => {
    const message = await audit.hospital.receive({ control: 'PARKED', srid: 'parkedrecord' });
    await audit.hospital.raise(message, 'no-map', 'parked');
    await audit.settle();
    const found = await lineage.message('demo', message.eventId);
    expect(found.state).toBe('exception');
    expect(found.exceptions).toMatchObject([
      { code: 'no-map', ownerRole: 'integrator', itemId: message.eventId },
    ]);
  });

  it('keeps a message pending until all its parts came and were decided', async () => {
    const one = await audit.hospital.receive({ control: 'PARTS', srid: 'partone', part: { n: 1, of: 2 } });
    await audit.hospital.translate(one, { output: 'o', lineage: 'l' });
    await audit.hospital.submit(one);
    await audit.hospital.decide(one, 'incomplete');
    await audit.settle();
    expect((await lineage.message('demo', one.correlation)).state).toBe('pending');
    const two = await audit.hospital.receive({ control: 'PARTS', srid: 'parttwo', part: { n: 2, of: 2 } });
    await audit.hospital.translate(two, { output: 'o', lineage: 'l' });
    await audit.hospital.submit(two);
    await audit.hospital.decide(two, 'accepted');
    await audit.settle();
    const found = await lineage.message('demo', two.eventId);
    expect(found.id).toBe(one.correlation);
    expect(found.state).toBe('recorded');
    expect(found.parts.map(part => part.part)).toEqual([1, 2]);
  });
});
