import { topicsReadBy } from '@anamnesis/contracts';
import type { AuditProjection } from './projection.js';
import { jsonRows, readable } from './rows.js';

/** Every exception with its owner, its act and the message that it is about. */
export const exceptions: AuditProjection = {
  name: 'exception',
  version: 1,
  topics: topicsReadBy('audit').filter(topic => topic.startsWith('operations.exceptions.')),
  tables: ['exception_item'],
  select: attributes => attributes.type === 'exception.raised.v1',
  async fold(sql, events) {
    const rows = readable(events, 'exception.raised.v1').map(({ record, attributes, payload }) => ({
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      tenant: attributes.tenant,
      event: attributes.id,
      correlation: attributes.correlationId,
      causation: attributes.causationId,
      time: new Date(record.appendTime).toISOString(),
      service: payload.place.service,
      stage: payload.place.stage,
      interface: payload.interface,
      code: payload.code,
      category: payload.category,
      group: payload.group,
      reason: payload.reason,
      owner: payload.ownerRole,
      act: payload.act,
      item: payload.item.id,
      srid: payload.item.srid,
      control: payload.item.controlHash,
      messageType: payload.item.messageType,
      place: {
        ...payload.place,
        segment: payload.item.segment,
        field: payload.item.field,
        byte: payload.item.byte,
      },
    }));
    await sql.query({
      name: 'exception',
      text: `INSERT INTO exception_item (topic, partition, "offset", tenant, event_id, correlation_id, causation_id,
               raised_at, service, stage, interface, code, category, group_id, reason, owner_role, act, item_id, srid,
               control_hash, message_type, place)
             SELECT topic, partition, "offset", tenant, event, correlation, causation, time, service, stage, interface,
               code, category, "group", reason, owner, act, item, srid, control, "messageType", place
               FROM json_to_recordset($1::json) AS x (topic text, partition int, "offset" bigint, tenant text, event text,
                 correlation text, causation text, time timestamptz, service text, stage text, interface text, code text,
                 category text, "group" text, reason text, owner text, act text, item text, srid text, control text,
                 "messageType" text, place jsonb)
             ON CONFLICT DO NOTHING`,
      values: [jsonRows(rows)],
    });
  },
};
