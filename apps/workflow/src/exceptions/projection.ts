import type pg from 'pg';
import type { ExceptionRaisedV1 } from '@anamnesis/contracts';
import type { Keyring } from '@anamnesis/keys';
import { createProjection, type DecodedEvent, type Processor, type Sql } from '@anamnesis/processing';
import { positionOf } from '../feed/cause.js';
import { exceptionTopics } from '../names.js';

async function fold(sql: Sql, events: readonly DecodedEvent[]): Promise<void> {
  const rows = events.flatMap(decoded => {
    if (!decoded.readable) return [];
    const { attributes, payload, record } = decoded.event;
    return [{ attributes, raised: payload as ExceptionRaisedV1, at: record.appendTime }];
  });
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO exception_item (tenant, event_id, group_key, item_id, service, stage, code, category, interface,
                                 message_type, reason, position, appended_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                          $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[])
     ON CONFLICT DO NOTHING`,
    [
      rows.map(r => r.attributes.tenant),
      rows.map(r => r.attributes.id),
      rows.map(r => r.raised.group),
      rows.map(r => r.raised.item.id),
      rows.map(r => r.raised.place.service),
      rows.map(r => r.raised.place.stage),
      rows.map(r => r.raised.code),
      rows.map(r => r.raised.category),
      rows.map(r => r.raised.interface ?? null),
      rows.map(r => r.raised.item.messageType ?? null),
      rows.map(r => r.raised.reason),
      rows.map(r => positionOf(r.raised.item) ?? null),
      rows.map(r => r.at),
    ],
  );
}

/** Projection of every service's exceptions, for lists; what a case means by an item is looked up here. */
export function createExceptionItems(pool: pg.Pool, keyring: Keyring): Processor {
  return createProjection({
    name: 'workflow.exception-items',
    version: 1,
    topics: exceptionTopics,
    pool,
    keyring,
    select: ({ type }) => type === 'exception.raised.v1',
    fold,
  });
}
