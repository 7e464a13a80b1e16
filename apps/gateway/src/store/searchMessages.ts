import type pg from 'pg';

/** A message as the store knows it; hashes and ids only, nothing of its content. */
export interface StoredMessage {
  /** Id of the message: its event id, or what its parts share as correlation id. */
  readonly id: string;
  readonly interface: string;
  /** `incomplete`: not all parts are in the log, so it was not answered positively. */
  readonly state: 'accepted' | 'refused' | 'failed' | 'incomplete';
  readonly messageType: string;
  readonly attempt: number;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly plan?: string;
  readonly parts: readonly StoredPart[];
  /** Why it was refused, or what became of it further on. */
  readonly failures: readonly {
    readonly service: string;
    readonly code: string;
    readonly category: string;
  }[];
}

export interface StoredPart {
  readonly n: number;
  readonly of: number;
  readonly eventId: string;
  readonly partition: number;
  readonly offset: number;
}

interface ReceivedRow {
  message_id: string;
  event_id: string;
  interface: string;
  message_type: string;
  attempt: number;
  part: number;
  parts: number;
  plan: string;
  received_at: Date;
  partition: number;
  offset: number;
}

interface RefusedRow {
  event_id: string;
  interface: string;
  message_type: string;
  attempt: number;
  code: string;
  appended_at: number;
}

interface FailedRow {
  event_id: string;
  service: string;
  code: string;
  category: string;
}

function receivedMessage(rows: readonly ReceivedRow[], failures: readonly FailedRow[]): StoredMessage {
  const first = rows[0] as ReceivedRow;
  const parts = [...rows]
    .sort((a, b) => a.part - b.part)
    .map(({ part, parts: of, event_id, partition, offset }) => ({
      n: part,
      of,
      eventId: event_id,
      partition,
      offset,
    }));
  const complete = parts.length >= first.parts;
  return {
    id: first.message_id,
    interface: first.interface,
    state: failures.length > 0 ? 'failed' : complete ? 'accepted' : 'incomplete',
    messageType: first.message_type,
    attempt: first.attempt,
    receivedAt: first.received_at.toISOString(),
    plan: first.plan,
    parts,
    failures: failures.map(({ service, code, category }) => ({ service, code, category })),
  };
}

function refusedMessage(row: RefusedRow): StoredMessage {
  return {
    id: row.event_id,
    interface: row.interface,
    state: 'refused',
    messageType: row.message_type,
    attempt: row.attempt,
    receivedAt: new Date(row.appended_at).toISOString(),
    parts: [],
    failures: [{ service: 'gateway', code: row.code, category: 'refused' }],
  };
}

function group<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const list = groups.get(key(row));
    if (list) list.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

async function assemble(
  pool: pg.Pool,
  tenant: string,
  received: readonly ReceivedRow[],
  refused: readonly RefusedRow[],
): Promise<StoredMessage[]> {
  const ids = received.flatMap(row => [row.event_id, row.message_id]);
  const { rows: failed } =
    ids.length === 0
      ? { rows: [] as FailedRow[] }
      : await pool.query<FailedRow>(
          `SELECT event_id, service, code, category FROM failed_message
            WHERE tenant = $1 AND event_id = ANY ($2) ORDER BY service, event_id`,
          [tenant, [...new Set(ids)]],
        );
  const failuresBy = group(failed, row => row.event_id);
  const messages = [...group(received, row => row.message_id).values()].map(rows => {
    const own = new Set(rows.flatMap(row => [row.event_id, row.message_id]));
    return receivedMessage(
      rows,
      [...own].flatMap(id => failuresBy.get(id) ?? []),
    );
  });
  return [...messages, ...refused.map(refusedMessage)].sort((a, b) =>
    b.receivedAt < a.receivedAt ? -1 : b.receivedAt > a.receivedAt ? 1 : b.attempt - a.attempt,
  );
}

const receivedColumns = `message_id, event_id, interface, message_type, attempt, part, parts, plan, received_at,
  partition, "offset"`;
const refusedColumns = 'event_id, interface, message_type, attempt, code, appended_at';

/** Reads the message store for people: within one tenant, newest first. */
export interface MessageSearch {
  /** By the keyed hashes of a control id, one per interface that may have used it. */
  byControl(tenant: string, hashes: readonly string[], limit: number): Promise<StoredMessage[]>;
  /** By message id or by the event id of a part. */
  byId(tenant: string, id: string): Promise<StoredMessage | undefined>;
}

export function createMessageSearch(pool: pg.Pool): MessageSearch {
  return {
    async byControl(tenant, hashes, limit) {
      const values = [tenant, [...hashes], limit];
      const received = await pool.query<ReceivedRow>(
        `SELECT ${receivedColumns} FROM received_message WHERE tenant = $1 AND control_hash = ANY ($2)
          ORDER BY appended_at DESC LIMIT $3`,
        values,
      );
      const refused = await pool.query<RefusedRow>(
        `SELECT ${refusedColumns} FROM refused_message WHERE tenant = $1 AND control_hash = ANY ($2)
          ORDER BY appended_at DESC LIMIT $3`,
        values,
      );
      return assemble(pool, tenant, received.rows, refused.rows);
    },
    async byId(tenant, id) {
      const received = await pool.query<ReceivedRow>(
        `SELECT ${receivedColumns} FROM received_message WHERE tenant = $1 AND (event_id = $2 OR (parts > 1 AND
           message_id IN (SELECT $2 UNION ALL
                          SELECT message_id FROM received_message WHERE tenant = $1 AND event_id = $2)))`,
        [tenant, id],
      );
      const refused = await pool.query<RefusedRow>(
        `SELECT ${refusedColumns} FROM refused_message WHERE tenant = $1 AND event_id = $2`,
        [tenant, id],
      );
      return (await assemble(pool, tenant, received.rows, refused.rows))[0];
    },
  };
}
