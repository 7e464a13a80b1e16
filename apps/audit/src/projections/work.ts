import type { AuditProjection } from './projection.js';
import { jsonRows, readable } from './rows.js';

/** Which message opened or joined which case, and the tasks of the cases. */
export const work: AuditProjection = {
  name: 'work',
  version: 1,
  topics: ['workflow.events'],
  tables: ['work_item', 'work_task'],
  select: attributes => attributes.type === 'workflow.decided.v1',
  async fold(sql, events) {
    const decided = readable(events, 'workflow.decided.v1');
    const items = decided.flatMap(({ attributes, payload }) =>
      payload.facts.flatMap(fact => {
        const base = { tenant: attributes.tenant, correlation: attributes.correlationId };
        if (fact.fact === 'case-opened') return [{ ...base, item: fact.causeEventId, case: fact.caseId }];
        if (fact.fact === 'case-counted') return [{ ...base, item: fact.itemId, case: fact.caseId }];
        return [];
      }),
    );
    const tasks = decided.flatMap(({ attributes, payload }) =>
      payload.facts.flatMap(fact =>
        fact.fact === 'task-created'
          ? [
              {
                tenant: attributes.tenant,
                task: fact.task,
                case: fact.caseId,
                title: fact.title,
                act: fact.act,
                owner: fact.ownerRole,
                due: fact.dueAt,
              },
            ]
          : [],
      ),
    );
    if (items.length > 0)
      await sql.query({
        name: 'work-item',
        text: `INSERT INTO work_item (tenant, item_id, case_id, correlation_id)
               SELECT tenant, item, "case", correlation
                 FROM json_to_recordset($1::json) AS x (tenant text, item text, "case" text, correlation text)
               ON CONFLICT DO NOTHING`,
        values: [jsonRows(items)],
      });
    if (tasks.length > 0)
      await sql.query({
        name: 'work-task',
        text: `INSERT INTO work_task (tenant, task, case_id, title, act, owner_role, due_at)
               SELECT tenant, task, "case", title, act, owner, due
                 FROM json_to_recordset($1::json) AS x (tenant text, task text, "case" text, title text, act text,
                   owner text, due timestamptz)
               ON CONFLICT DO NOTHING`,
        values: [jsonRows(tasks)],
      });
  },
};
