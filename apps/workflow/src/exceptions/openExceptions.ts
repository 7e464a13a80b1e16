import type pg from 'pg';
import { fhirStatus } from '../http/fhirTask.js';
import type { TaskState } from '@anamnesis/process';

/** A group of failures with one cause, as long as its case is open. */
export interface OpenException {
  readonly group: string;
  readonly case: string;
  readonly count: number;
  /** Append time of the first and the last item, RFC 3339. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly service: string | null;
  readonly stage: string | null;
  readonly code: string | null;
  readonly category: string | null;
  readonly interface: string | null;
  readonly reason: string | null;
  readonly ownerRole: string;
  readonly act: string;
  readonly task: string;
  readonly status: string;
  readonly dueAt: string;
  readonly overdue: boolean;
}

/** What one message has to do with an exception. */
export interface ItemException extends OpenException {
  readonly itemId: string;
  readonly position: string | null;
  readonly open: boolean;
}

const mostListed = 1_000;

interface Row {
  group: string;
  case: string;
  count: number;
  first_seen: number | null;
  last_seen: number | null;
  opened_at: string;
  service: string | null;
  stage: string | null;
  code: string | null;
  category: string | null;
  interface: string | null;
  reason: string | null;
  owner_role: string;
  act: string;
  task: string;
  status: TaskState['status'];
  due_at: string;
  overdue: boolean;
}

function exceptionOf(row: Row): OpenException {
  const seen = (at: number | null): string => (at === null ? row.opened_at : new Date(at).toISOString());
  return {
    group: row.group,
    case: row.case,
    count: row.count,
    firstSeen: seen(row.first_seen),
    lastSeen: seen(row.last_seen),
    service: row.service,
    stage: row.stage,
    code: row.code,
    category: row.category,
    interface: row.interface,
    reason: row.reason,
    ownerRole: row.owner_role,
    act: row.act,
    task: row.task,
    status: fhirStatus[row.status],
    dueAt: row.due_at,
    overdue: row.overdue,
  };
}

/** The newest task of a case and the newest description of what it stands for. */
const parts = `
  JOIN LATERAL (SELECT * FROM task t WHERE t.tenant = c.tenant AND t.case_id = c.case_id
                 ORDER BY t.ordinal DESC LIMIT 1) t ON true
  LEFT JOIN LATERAL (
    SELECT min(e.appended_at) AS first_seen, max(e.appended_at) AS last_seen, max(e.service) AS service,
           max(e.stage) AS stage, max(e.code) AS code, max(e.category) AS category, max(e.interface) AS interface,
           (array_agg(e.reason ORDER BY e.appended_at DESC, e.event_id))[1] AS reason
      FROM case_item i
      JOIN exception_item e ON e.tenant = i.tenant AND e.group_key = c.key AND e.item_id = i.item_id
     WHERE i.tenant = c.tenant AND i.case_id = c.case_id) e ON true`;
const columns = `c.key AS "group", c.case_id AS "case", c.count, c.opened_at, e.first_seen, e.last_seen, e.service,
  e.stage, e.code, e.category, coalesce(c.interface, e.interface) AS interface, e.reason, t.owner_role, t.act, t.task,
  t.status, t.due_at, t.overdue`;

/** Open exceptions of a tenant, soonest due first, at most a thousand. */
export async function openExceptions(pool: pg.Pool, tenant: string): Promise<OpenException[]> {
  const { rows } = await pool.query<Row>(
    `SELECT ${columns} FROM workflow_case c ${parts}
      WHERE c.tenant = $1 AND c.definition = 'exception' AND c.open
      ORDER BY t.due_at, c.case_id LIMIT ${mostListed}`,
    [tenant],
  );
  return rows.map(exceptionOf);
}

/** Every exception that counts a message, open or not. */
export async function exceptionsOfItem(
  pool: pg.Pool,
  tenant: string,
  itemId: string,
): Promise<ItemException[]> {
  const { rows } = await pool.query<Row & { open: boolean; position: string | null }>(
    `SELECT ${columns}, c.open,
            (SELECT max(p.position) FROM exception_item p
              WHERE p.tenant = c.tenant AND p.group_key = c.key AND p.item_id = $2) AS position
       FROM case_item own JOIN workflow_case c ON c.tenant = own.tenant AND c.case_id = own.case_id ${parts}
      WHERE own.tenant = $1 AND own.item_id = $2
      ORDER BY c.opened_at, c.case_id`,
    [tenant, itemId],
  );
  return rows.map(row => ({
    itemId,
    ...exceptionOf(row),
    position: row.position,
    open: row.open,
  }));
}
