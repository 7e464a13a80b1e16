import type pg from 'pg';
import type { ExceptionView, TaskView, WrittenResource } from '../lineage/types.js';

const iso = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** An exception with the ids by which its task is found. */
export interface ExceptionRow extends Omit<ExceptionView, 'task'> {
  readonly eventId: string;
  readonly causationId: string | null;
  readonly interface: string | null;
  readonly messageType: string | null;
}

export async function exceptionsOf(
  pool: pg.Pool,
  tenant: string,
  correlationId: string,
): Promise<ExceptionRow[]> {
  const { rows } = await pool.query<ExceptionRow>(
    `SELECT event_id AS "eventId", causation_id AS "causationId", interface, message_type AS "messageType", code, category,
            owner_role AS "ownerRole", act, reason, item_id AS "itemId", group_id AS "group",
            ${iso('raised_at')} AS "raisedAt", place
       FROM exception_item WHERE tenant = $1 AND correlation_id = $2 ORDER BY raised_at, event_id LIMIT 500`,
    [tenant, correlationId],
  );
  return rows;
}

/** A task and the item (message, exception or cause) that it was opened for or joined by. */
export interface TaskRow extends TaskView {
  readonly itemId: string;
}

export async function tasksOf(
  pool: pg.Pool,
  tenant: string,
  correlationId: string,
  itemIds: readonly string[],
): Promise<TaskRow[]> {
  const { rows } = await pool.query<TaskRow>(
    `SELECT i.item_id AS "itemId", t.task, t.case_id AS "caseId", t.title, t.act, t.owner_role AS "ownerRole",
            ${iso('t.due_at')} AS "dueAt"
       FROM work_item i JOIN work_task t USING (tenant, case_id)
      WHERE i.tenant = $1 AND (i.correlation_id = $2 OR i.item_id = ANY($3)) ORDER BY t.due_at, t.task LIMIT 500`,
    [tenant, correlationId, itemIds],
  );
  return rows;
}

export async function resourcesOf(
  pool: pg.Pool,
  tenant: string,
  correlationId: string,
): Promise<WrittenResource[]> {
  const { rows } = await pool.query<WrittenResource>(
    `SELECT type, id, version, action, ${iso('decided_at')} AS "decidedAt"
       FROM resource_origin WHERE tenant = $1 AND correlation_id = $2 ORDER BY type, id, version LIMIT 5000`,
    [tenant, correlationId],
  );
  return rows;
}

/** One version of a resource and the decision that wrote it. */
export interface VersionRow {
  readonly version: number;
  readonly intentId: string;
  readonly intentType: string;
  readonly correlationId: string;
  readonly decidedAt: string;
}

/** The versions of a resource at or before `upTo`, newest first. */
export async function versionsOf(
  pool: pg.Pool,
  tenant: string,
  resource: { readonly type: string; readonly id: string; readonly upTo?: number },
  limit: number,
): Promise<VersionRow[]> {
  const { rows } = await pool.query<VersionRow>(
    `SELECT version, intent_id AS "intentId", intent_type AS "intentType", correlation_id AS "correlationId",
            ${iso('decided_at')} AS "decidedAt"
       FROM resource_origin
      WHERE tenant = $1 AND type = $2 AND id = $3 AND version <= $4 ORDER BY version DESC LIMIT $5`,
    [tenant, resource.type, resource.id, resource.upTo ?? 2_147_483_647, limit],
  );
  return rows;
}
