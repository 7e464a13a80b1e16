import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAuditing, type Auditing } from '../fixture/auditing.js';
import { auditProjections } from '../projections/projections.js';
import { rebuildProjection } from './rebuildProjection.js';

describe('a rebuilt projection', () => {
  let audit: Auditing;
  beforeAll(async () => {
    audit = await startAuditing();
    for (let n = 0; n < 12; n += 1) {
      const message = await audit.hospital.receive({ control: `R${n}`, srid: `record${n}` });
      await audit.hospital.translate(message, { output: 'o', lineage: 'l' });
      await audit.hospital.submit(message);
      await audit.hospital.decide(message, 'accepted', [
        {
          type: 'Patient',
          id: `record${n}`,
          version: 1,
          action: 'created',
          subject: `record${n}`,
          bodyHash: 'h',
        },
      ]);
      await audit.hospital.raise(message, 'late', 'rejected');
    }
    await audit.settle(5);
  }, 60_000);
  afterAll(() => audit?.close());

  const rebuild = () =>
    Promise.all(
      auditProjections.map(projection =>
        rebuildProjection(projection, {
          url: audit.url,
          inspector: audit.log.inspector,
          keyring: audit.keys.keyring,
          epochOf: () => 'e1',
        }),
      ),
    );

  it('has the same content as the live one, which went on meanwhile', async () => {
    // given more in the log than the live cursors took
    await audit.hospital.receive({ control: 'LATER' });
    // when
    const reports = await rebuild();
    // then
    expect(reports.find(({ projection }) => projection === 'hop')?.tables['hop']?.live.rows).toBe(60);
    expect(reports.filter(({ equal }) => !equal)).toEqual([]);
  });

  it('differs when a live row was edited, and leaves no schema behind', async () => {
    await audit.pool.query("UPDATE hop SET producer = 'nobody' WHERE topic = 'records.events'");
    const reports = await rebuild();
    expect(reports.filter(({ equal }) => !equal).map(({ projection }) => projection)).toEqual(['hop']);
    const { rows } = await audit.pool.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rebuild%'");
    expect(rows).toEqual([]);
  });
});
