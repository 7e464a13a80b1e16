import type { AuditProjection } from './projection.js';
import { jsonRows, readable } from './rows.js';

/** Outcomes without any version; an incomplete merge may have written its own part's. */
const writesNothing = new Set(['unchanged', 'rejected']);

/**
 * Which decision wrote which version. Only decisions that wrote something are opened. Where a field's value came
 * from is not stored: it is found on demand by translating the messages of the versions again (blueprint §6).
 */
export const origins: AuditProjection = {
  name: 'resource-origin',
  version: 1,
  topics: ['records.events'],
  tables: ['resource_origin'],
  select: attributes =>
    attributes.type === 'records.decided.v1' && !writesNothing.has(attributes.facts?.['outcome'] ?? ''),
  async fold(sql, events) {
    const rows = readable(events, 'records.decided.v1').flatMap(({ attributes, payload }) =>
      payload.results
        .filter(result => result.action === 'created' || result.action === 'updated')
        .map(result => ({
          tenant: attributes.tenant,
          type: result.type,
          id: result.id,
          version: result.version,
          action: result.action,
          subject: result.subject,
          hash: result.bodyHash,
          intent: payload.intentId,
          intentType: payload.intentType,
          correlation: attributes.correlationId,
          time: payload.decidedAt,
        })),
    );
    if (rows.length === 0) return;
    await sql.query({
      name: 'origin',
      text: `INSERT INTO resource_origin (tenant, type, id, version, action, subject, body_hash, intent_id, intent_type,
               correlation_id, decided_at)
             SELECT tenant, type, id, version, action, subject, hash, intent, "intentType", correlation, time
               FROM json_to_recordset($1::json) AS x (tenant text, type text, id text, version int, action text,
                 subject text, hash text, intent text, "intentType" text, correlation text, time timestamptz)
             ON CONFLICT DO NOTHING`,
      values: [jsonRows(rows)],
    });
  },
};
