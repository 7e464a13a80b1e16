import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toHeaders } from '@anamnesis/contracts';
import { startAuditing, type Auditing } from '../fixture/auditing.js';

describe('hops of audit', () => {
  let audit: Auditing;
  beforeAll(async () => {
    audit = await startAuditing();
  }, 60_000);
  afterAll(() => audit?.close());

  const count = async (sql: string, values: unknown[] = []): Promise<number> =>
    Number((await audit.pool.query<{ n: number }>(`SELECT count(*) n FROM ${sql}`, values)).rows[0]?.n);

  it('keeps one hop per event, whatever the batches and however often they come', async () => {
    // given twenty messages on their way
    for (let n = 0; n < 20; n += 1) {
      const message = await audit.hospital.receive({ control: `C${n}` });
      await audit.hospital.translate(message, { output: 'o', lineage: 'l' });
      await audit.hospital.submit(message);
      await audit.hospital.decide(message, 'accepted', [
        {
          type: 'Observation',
          id: `obs-${n}`,
          version: 1,
          action: 'created',
          subject: message.srid,
          bodyHash: 'h',
        },
      ]);
    }
    // when they are delivered in threes and then everything again
    await audit.settle(3);
    audit.log.redeliverFrom(0);
    await audit.settle(7);
    // then
    expect(audit.troubles).toEqual([]);
    expect(audit.log.records('audit.log')).toHaveLength(80);
    expect(await count('hop')).toBe(80);
    expect(await count('message_index')).toBe(20);
    expect(await count('received_raw')).toBe(20);
    expect(await count('resource_origin')).toBe(20);
  });

  it('keeps the sealed bytes exactly as ingress.messages has them', async () => {
    const received = audit.log.records('ingress.messages')[0];
    const { rows } = await audit.pool.query<{ sealed: Buffer }>(
      'SELECT sealed FROM received_raw WHERE event_id = $1',
      [received?.headers['ce_id']],
    );
    expect(rows[0]?.sealed.equals(received?.value ?? Buffer.alloc(0))).toBe(true);
  });

  it('accounts for a record that is no event', async () => {
    await audit.log.writer.append([
      {
        topic: 'ingress.messages',
        partition: 0,
        key: 'k',
        headers: { foreign: 'x' },
        value: Buffer.from('?'),
      },
    ]);
    await audit.settle();
    expect(await count("hop WHERE type = 'unreadable'")).toBe(1);
  });

  it('stores a NUL that a sender put where a header quotes the message', async () => {
    await audit.log.writer.append([
      {
        topic: 'operations.exceptions.gateway',
        partition: 0,
        key: 'k',
        headers: toHeaders({
          id: 'nul',
          source: 'gateway',
          type: 'access.recorded.v1',
          time: '2026-03-01T10:00:00Z',
          partitionKey: 'k',
          tenant: 'demo',
          correlationId: 'nul',
          contentType: 'application/json',
          facts: { type: 'ADT\u0000^A01' },
        }),
        value: Buffer.from('{}'),
      },
    ]);
    await audit.settle();
    expect(audit.troubles).toEqual([]);
    expect(await count("hop WHERE event_id = 'nul' AND facts->>'type' = E'ADT\\uFFFD^A01'")).toBe(1);
  });

  it('leaves out what only an erased decision said', async () => {
    // given a decision whose key is destroyed before audit reads it
    const message = await audit.hospital.receive({ control: 'ERASED', srid: 'erasedrecord' });
    await audit.hospital.decide(message, 'accepted', [
      {
        type: 'Patient',
        id: 'erasedrecord',
        version: 1,
        action: 'created',
        subject: 'erasedrecord',
        bodyHash: 'h',
      },
    ]);
    audit.keys.destroy('demo', 'erasedrecord');
    audit.keys.forget();
    await audit.settle();
    // then the envelope stays and the content is a tombstone
    expect(audit.troubles).toEqual([]);
    expect(await count('hop WHERE correlation_id = $1', [message.correlation])).toBe(2);
    expect(await count("resource_origin WHERE subject = 'erasedrecord'")).toBe(0);
  });
});
