import { topicsReadBy } from '@anamnesis/contracts';
import type { AuditProjection } from './projection.js';
import { jsonRows, readable } from './rows.js';

/** Who read, was refused or acted, from the access topics of every service. */
export const access: AuditProjection = {
  name: 'access',
  version: 1,
  topics: topicsReadBy('audit').filter(topic => topic.startsWith('audit.access.')),
  tables: ['access'],
  select: attributes => attributes.type === 'access.recorded.v1',
  async fold(sql, events) {
    const rows = readable(events, 'access.recorded.v1').map(({ record, attributes, payload }) => ({
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      tenant: attributes.tenant,
      event: attributes.id,
      time: new Date(record.appendTime).toISOString(),
      service: attributes.source,
      actor: payload.actor.sub,
      roles: payload.actor.roles,
      purpose: payload.purpose,
      action: payload.action,
      outcome: payload.outcome,
      type: payload.resourceType,
      id: payload.resourceId,
      srid: attributes.srid,
      hits: payload.hits,
      decision: payload.decision,
      incarnation: payload.incarnation,
      n: payload.n,
    }));
    await sql.query({
      name: 'access',
      text: `INSERT INTO access (topic, partition, "offset", tenant, event_id, at, service, actor, roles, purpose, action,
               outcome, resource_type, resource_id, srid, hits, decision, incarnation, n)
             SELECT topic, partition, "offset", tenant, event, time, service, actor, roles, purpose, action, outcome, type,
               id, srid, hits, decision, incarnation, n
               FROM json_to_recordset($1::json) AS x (topic text, partition int, "offset" bigint, tenant text, event text,
                 time timestamptz, service text, actor text, roles text[], purpose text, action text, outcome text,
                 type text, id text, srid text, hits text[], decision jsonb, incarnation text, n bigint)
             ON CONFLICT DO NOTHING`,
      values: [jsonRows(rows)],
    });
  },
};
