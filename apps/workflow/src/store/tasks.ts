import type pg from 'pg';
import type { TaskState } from '@anamnesis/process';
import type { TaskView } from '../http/fhirTask.js';

export interface TaskSearch {
  readonly ownerRole?: string;
  readonly statuses?: readonly TaskState['status'][];
  readonly srid?: string;
  readonly limit: number;
  /** Place behind which the page begins. */
  readonly after?: { readonly dueAt: string; readonly task: string };
}

const columns = `t.task, t.case_id, t.title, t.act, t.owner_role, t.due_at, t.status, t.owner, t.overdue, t.note, t.version,
  t.created_at, t.changed_at, c.definition, c.cause_event_id, c.srid, c.interface, c.count`;

interface Row {
  task: string;
  case_id: string;
  title: string;
  act: string;
  owner_role: string;
  due_at: string;
  status: TaskState['status'];
  owner: string | null;
  overdue: boolean;
  note: string | null;
  version: number;
  created_at: string;
  changed_at: string;
  definition: string;
  cause_event_id: string;
  srid: string | null;
  interface: string | null;
  count: number;
}

const viewOf = (row: Row): TaskView => ({
  task: row.task,
  caseId: row.case_id,
  title: row.title,
  act: row.act,
  ownerRole: row.owner_role,
  dueAt: row.due_at,
  status: row.status,
  owner: row.owner ?? undefined,
  overdue: row.overdue,
  note: row.note ?? undefined,
  version: row.version,
  createdAt: row.created_at,
  changedAt: row.changed_at,
  definition: row.definition,
  causeEventId: row.cause_event_id,
  srid: row.srid ?? undefined,
  interface: row.interface ?? undefined,
  count: row.count,
});

export async function findTask(pool: pg.Pool, tenant: string, task: string): Promise<TaskView | undefined> {
  const { rows } = await pool.query<Row>(
    `SELECT ${columns} FROM task t JOIN workflow_case c USING (tenant, case_id) WHERE t.tenant = $1 AND t.task = $2`,
    [tenant, task],
  );
  return rows[0] && viewOf(rows[0]);
}

/** Tasks of a tenant, soonest due first. */
export async function searchTasks(pool: pg.Pool, tenant: string, search: TaskSearch): Promise<TaskView[]> {
  const { ownerRole, statuses, srid, limit, after } = search;
  const { rows } = await pool.query<Row>(
    `SELECT ${columns} FROM task t JOIN workflow_case c USING (tenant, case_id)
      WHERE t.tenant = $1
        AND ($2::text IS NULL OR t.owner_role = $2)
        AND ($3::text[] IS NULL OR t.status = ANY($3))
        AND ($4::text IS NULL OR c.srid = $4)
        AND ($5::text IS NULL OR (t.due_at, t.task) > ($5, $6))
      ORDER BY t.due_at, t.task LIMIT $7`,
    [
      tenant,
      ownerRole ?? null,
      statuses ?? null,
      srid ?? null,
      after?.dueAt ?? null,
      after?.task ?? null,
      limit,
    ],
  );
  return rows.map(viewOf);
}
