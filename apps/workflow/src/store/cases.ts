import type { CaseState, TaskState, TimerState } from '@anamnesis/process';
import type { Sql } from '@anamnesis/processing';

/** Which cases a batch needs. All of one tenant. */
export interface CasesWanted {
  readonly caseIds: readonly string[];
  readonly tasks: readonly string[];
  readonly keys: readonly { readonly definition: string; readonly key: string }[];
}

interface CaseRow {
  case_id: string;
  definition: string;
  definition_hash: string;
  key: string;
  srid: string | null;
  interface: string | null;
  cause_event_id: string;
  node: string | null;
  open: boolean;
  count: number;
  version: number;
  opened_at: string;
  changed_at: string;
  closed_reason: string | null;
  tasks: TaskState[] | null;
  timers: TimerState[] | null;
}

const optional = <T>(value: T | null | undefined): T | undefined => value ?? undefined;

function caseOf(row: CaseRow): CaseState {
  return {
    caseId: row.case_id,
    definition: row.definition,
    definitionHash: row.definition_hash,
    key: row.key,
    srid: optional(row.srid),
    interface: optional(row.interface),
    causeEventId: row.cause_event_id,
    node: optional(row.node),
    open: row.open,
    count: row.count,
    version: row.version,
    openedAt: row.opened_at,
    changedAt: row.changed_at,
    closedReason: optional(row.closed_reason),
    tasks: (row.tasks ?? []).map(task => ({
      ...task,
      owner: optional(task.owner),
      note: optional(task.note),
    })),
    timers: row.timers ?? [],
  };
}

/** The cases named by id, by a task of theirs, or by the key under which they are open; whole, in one statement. */
export async function loadCases(
  sql: Sql,
  tenant: string,
  { caseIds, tasks, keys }: CasesWanted,
): Promise<CaseState[]> {
  const { rows } = await sql.query<CaseRow>(
    `WITH wanted AS (
       SELECT case_id FROM unnest($2::text[]) AS by_id (case_id)
       UNION SELECT t.case_id FROM task t WHERE t.tenant = $1 AND t.task = ANY($3)
       UNION SELECT c.case_id FROM unnest($4::text[], $5::text[]) AS by_key (definition, key)
               JOIN workflow_case c ON c.tenant = $1 AND c.definition = by_key.definition AND c.key = by_key.key AND c.open)
     SELECT c.*,
            (SELECT jsonb_agg(jsonb_build_object('task', t.task, 'node', t.node, 'title', t.title, 'act', t.act,
                     'ownerRole', t.owner_role, 'dueAt', t.due_at, 'status', t.status, 'owner', t.owner,
                     'overdue', t.overdue, 'note', t.note, 'version', t.version, 'createdAt', t.created_at,
                     'changedAt', t.changed_at) ORDER BY t.ordinal)
               FROM task t WHERE t.tenant = c.tenant AND t.case_id = c.case_id) AS tasks,
            (SELECT jsonb_agg(jsonb_build_object('timer', r.timer, 'timerSeq', r.timer_seq, 'dueAt', r.due_at,
                     'status', r.status) ORDER BY r.timer_seq)
               FROM timer r WHERE r.tenant = c.tenant AND r.case_id = c.case_id) AS timers
       FROM wanted w JOIN workflow_case c ON c.tenant = $1 AND c.case_id = w.case_id`,
    [tenant, caseIds, tasks, keys.map(k => k.definition), keys.map(k => k.key)],
  );
  return rows.map(caseOf);
}

/** Items already counted, among those asked for, as `caseId itemId`. */
export async function loadItems(sql: Sql, tenant: string, itemIds: readonly string[]): Promise<Set<string>> {
  if (itemIds.length === 0) return new Set();
  const { rows } = await sql.query<{ case_id: string; item_id: string }>(
    'SELECT case_id, item_id FROM case_item WHERE tenant = $1 AND item_id = ANY($2)',
    [tenant, itemIds],
  );
  return new Set(rows.map(row => `${row.case_id} ${row.item_id}`));
}

export interface CaseItem {
  readonly caseId: string;
  readonly itemId: string;
}

async function saveTasks(sql: Sql, tenant: string, cases: readonly CaseState[]): Promise<void> {
  const rows = cases.flatMap(({ caseId, tasks }) =>
    tasks.map((task, at) => ({ ...task, caseId, ordinal: at + 1 })),
  );
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO task (tenant, task, case_id, ordinal, node, title, act, owner_role, due_at, status, owner, overdue,
                       note, version, created_at, changed_at)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
                              $9::text[], $10::text[], $11::text[], $12::bool[], $13::text[], $14::int[], $15::text[], $16::text[])
     ON CONFLICT (tenant, task) DO UPDATE
        SET status = excluded.status, owner = excluded.owner, overdue = excluded.overdue, note = excluded.note,
            version = excluded.version, changed_at = excluded.changed_at`,
    [
      tenant,
      rows.map(r => r.task),
      rows.map(r => r.caseId),
      rows.map(r => r.ordinal),
      rows.map(r => r.node),
      rows.map(r => r.title),
      rows.map(r => r.act),
      rows.map(r => r.ownerRole),
      rows.map(r => r.dueAt),
      rows.map(r => r.status),
      rows.map(r => r.owner ?? null),
      rows.map(r => r.overdue),
      rows.map(r => r.note ?? null),
      rows.map(r => r.version),
      rows.map(r => r.createdAt),
      rows.map(r => r.changedAt),
    ],
  );
}

async function saveTimers(sql: Sql, tenant: string, cases: readonly CaseState[]): Promise<void> {
  const rows = cases.flatMap(({ caseId, timers }) => timers.map(timer => ({ ...timer, caseId })));
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO timer (tenant, case_id, timer_seq, timer, due_at, status)
     SELECT $1, * FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::text[])
     ON CONFLICT (tenant, case_id, timer_seq) DO UPDATE SET status = excluded.status`,
    [
      tenant,
      rows.map(r => r.caseId),
      rows.map(r => r.timerSeq),
      rows.map(r => r.timer),
      rows.map(r => r.dueAt),
      rows.map(r => r.status),
    ],
  );
}

/** Writes changed cases whole, and what they count anew: four statements whatever their number. */
export async function saveCases(
  sql: Sql,
  tenant: string,
  cases: readonly CaseState[],
  items: readonly CaseItem[],
): Promise<void> {
  if (cases.length === 0) return;
  await sql.query(
    `INSERT INTO workflow_case (tenant, case_id, definition, definition_hash, key, srid, interface, cause_event_id,
                                node, open, count, version, opened_at, changed_at, closed_reason)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                              $9::text[], $10::bool[], $11::int[], $12::int[], $13::text[], $14::text[], $15::text[])
     ON CONFLICT (tenant, case_id) DO UPDATE
        SET node = excluded.node, open = excluded.open, count = excluded.count, version = excluded.version,
            changed_at = excluded.changed_at, closed_reason = excluded.closed_reason`,
    [
      tenant,
      cases.map(c => c.caseId),
      cases.map(c => c.definition),
      cases.map(c => c.definitionHash),
      cases.map(c => c.key),
      cases.map(c => c.srid ?? null),
      cases.map(c => c.interface ?? null),
      cases.map(c => c.causeEventId),
      cases.map(c => c.node ?? null),
      cases.map(c => c.open),
      cases.map(c => c.count),
      cases.map(c => c.version),
      cases.map(c => c.openedAt),
      cases.map(c => c.changedAt),
      cases.map(c => c.closedReason ?? null),
    ],
  );
  await saveTasks(sql, tenant, cases);
  await saveTimers(sql, tenant, cases);
  if (items.length > 0)
    await sql.query(
      `INSERT INTO case_item (tenant, case_id, item_id) SELECT $1, * FROM unnest($2::text[], $3::text[])`,
      [tenant, items.map(i => i.caseId), items.map(i => i.itemId)],
    );
}
