import type pg from 'pg';

/** A received message (one part of it), as `message_index` has it. */
export interface MessageRow {
  readonly eventId: string;
  readonly correlationId: string;
  readonly interface: string;
  readonly messageType: string;
  readonly part: number;
  readonly parts: number;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly plan: string | null;
}

const columns = `event_id AS "eventId", correlation_id AS "correlationId", interface, message_type AS "messageType",
  part, parts, (extract(epoch FROM received_at) * 1000)::bigint AS "receivedAt", plan`;

/** The message (correlation id) that an id names: of the message itself or of one of its parts. */
export async function correlationOf(pool: pg.Pool, tenant: string, id: string): Promise<string> {
  const { rows } = await pool.query<{ correlation_id: string }>(
    'SELECT correlation_id FROM message_index WHERE tenant = $1 AND event_id = $2',
    [tenant, id],
  );
  return rows[0]?.correlation_id ?? id;
}

export async function receivedByIds(
  pool: pg.Pool,
  tenant: string,
  eventIds: readonly string[],
): Promise<MessageRow[]> {
  const { rows } = await pool.query<MessageRow>(
    `SELECT ${columns} FROM message_index WHERE tenant = $1 AND event_id = ANY($2) ORDER BY part`,
    [tenant, eventIds],
  );
  return rows;
}

export interface ControlRow {
  readonly id: string;
  readonly interface: string;
  readonly receivedAt: number;
  readonly messageType: string;
  readonly parts: number;
  readonly refused: boolean;
}

/** Messages under any of these control hashes, newest first, refused receipts among them. */
export async function messagesByControl(
  pool: pg.Pool,
  tenant: string,
  controlHashes: readonly string[],
): Promise<ControlRow[]> {
  const { rows } = await pool.query<ControlRow>(
    `SELECT correlation_id AS id, interface, (extract(epoch FROM min(received_at)) * 1000)::bigint AS "receivedAt",
            min(message_type) AS "messageType", max(parts)::int AS parts, false AS refused
       FROM message_index WHERE tenant = $1 AND control_hash = ANY($2)
      GROUP BY correlation_id, interface
     UNION ALL
     SELECT item_id, coalesce(min(interface), ''), (extract(epoch FROM min(raised_at)) * 1000)::bigint,
            coalesce(min(message_type), ''), 1, true
       FROM exception_item WHERE tenant = $1 AND control_hash = ANY($2) AND category = 'refused'
      GROUP BY item_id
      ORDER BY 3 DESC LIMIT 200`,
    [tenant, controlHashes],
  );
  return rows;
}

/** The sealed bytes of a received message with what they are bound to. */
export interface SealedRaw {
  readonly eventId: string;
  readonly topic: string;
  readonly type: string;
  readonly keyId: string | null;
  readonly sealed: Buffer;
}

export async function sealedRaw(
  pool: pg.Pool,
  tenant: string,
  eventId: string,
): Promise<SealedRaw | undefined> {
  const { rows } = await pool.query<SealedRaw>(
    `SELECT event_id AS "eventId", topic, type, key_id AS "keyId", sealed FROM received_raw
      WHERE tenant = $1 AND event_id = $2`,
    [tenant, eventId],
  );
  return rows[0];
}
