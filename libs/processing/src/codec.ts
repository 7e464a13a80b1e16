import {
  checkPayload,
  fromHeaders,
  isAttributes,
  isEventType,
  toHeaders,
  type EventAttributes,
  type EventPayloads,
  type EventType,
} from '@anamnesis/contracts';
import type { IncomingRecord, OutgoingRecord } from '@anamnesis/event-log';
import {
  keyFor,
  open,
  seal,
  type DataKey,
  type Keyring,
  type RandomBytes,
  type SealContext,
} from '@anamnesis/keys';
import { newerEventVersion } from './errors.js';

/** An event as read: where it stands, its attributes, its opened payload. */
export interface ReceivedEvent<T extends EventType = EventType> {
  readonly record: IncomingRecord;
  readonly attributes: EventAttributes & { readonly type: T };
  readonly payload: EventPayloads[T];
}

/** A record whose content this process cannot have: `erased` is a tombstone, the others are failures. */
export interface UnreadableEvent {
  readonly record: IncomingRecord;
  readonly attributes: EventAttributes | undefined;
  readonly code: 'erased' | 'undecodable' | 'unknown-type' | 'seal-broken';
}

export type DecodedEvent =
  | { readonly readable: true; readonly event: ReceivedEvent }
  | ({ readonly readable: false } & UnreadableEvent);

export function sealContext(topic: string, attributes: EventAttributes, keyId: string): SealContext {
  return { tenant: attributes.tenant, topic, type: attributes.type, eventId: attributes.id, keyId };
}

/** True for `a.b.v2` when only `a.b.v1` is known: an old process must stop, not guess. */
function isNewerVersion(type: string): boolean {
  const match = /^(.+)\.v(\d+)$/.exec(type);
  if (!match) return false;
  for (let version = Number(match[2]) - 1; version >= 1; version -= 1)
    if (isEventType(`${match[1]}.v${version}`)) return true;
  return false;
}

function decodeOne(
  record: IncomingRecord,
  attributes: EventAttributes,
  key: DataKey | 'erased' | undefined,
): DecodedEvent {
  if (key === 'erased') return { readable: false, record, attributes, code: 'erased' };
  let plain = record.value ?? Buffer.alloc(0);
  if (attributes.keyId !== undefined) {
    if (!key) return { readable: false, record, attributes, code: 'seal-broken' };
    try {
      plain = open(plain, key.key, sealContext(record.topic, attributes, key.id));
    } catch {
      return { readable: false, record, attributes, code: 'seal-broken' };
    }
  }
  try {
    const type = attributes.type as EventType;
    const payload = checkPayload(type, JSON.parse(plain.toString('utf8')), 'open');
    return { readable: true, event: { record, attributes: { ...attributes, type }, payload } };
  } catch {
    return { readable: false, record, attributes, code: 'undecodable' };
  }
}

/** An event whose payload stays closed: its record and, when they could be read, its attributes. */
export interface SealedEvent {
  readonly record: IncomingRecord;
  readonly attributes: EventAttributes | undefined;
}

export function readHeaders(records: readonly IncomingRecord[]): SealedEvent[] {
  return records.map(record => {
    const attributes = fromHeaders(record.headers);
    return { record, attributes: isAttributes(attributes) ? attributes : undefined };
  });
}

/**
 * Opens events: keys (one question for all), then payloads. Types outside the contracts come back as
 * `unknown-type`; the caller parks or ignores them by name.
 * Raised when a newer version of a known type is met ({@link newerEventVersion}), when the key store does not
 * answer, or when it never issued a key that an event names.
 */
export async function openEvents(events: readonly SealedEvent[], keyring: Keyring): Promise<DecodedEvent[]> {
  const wanted = events.flatMap(({ attributes }) =>
    attributes?.keyId !== undefined && isEventType(attributes.type)
      ? [{ tenant: attributes.tenant, keyId: attributes.keyId, eventId: attributes.id }]
      : [],
  );
  const keys = wanted.length === 0 ? new Map<string, DataKey | 'erased'>() : await keyring.forOpening(wanted);
  return events.map(({ record, attributes }): DecodedEvent => {
    if (!attributes) return { readable: false, record, attributes: undefined, code: 'undecodable' };
    if (!isEventType(attributes.type)) {
      if (isNewerVersion(attributes.type)) throw newerEventVersion({ type: attributes.type });
      return { readable: false, record, attributes, code: 'unknown-type' };
    }
    const { keyId } = attributes;
    return decodeOne(
      record,
      attributes,
      keyId === undefined ? undefined : keyFor(keys, keyId, attributes.id),
    );
  });
}

/** Reads the headers of records and opens them. */
export function decodeBatch(records: readonly IncomingRecord[], keyring: Keyring): Promise<DecodedEvent[]> {
  return openEvents(readHeaders(records), keyring);
}

export interface EncodeOptions {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  /** Absent: the payload is written in clear. */
  readonly dataKey?: DataKey;
  readonly random: RandomBytes;
}

/** Checks the payload against its contract (closed), seals it when a key is given, and writes the headers. */
export function encodeEvent<T extends EventType>(
  attributes: Omit<EventAttributes, 'type' | 'keyId' | 'contentType'> & { readonly type: T },
  payload: EventPayloads[T],
  { topic, partition, key, dataKey, random }: EncodeOptions,
): OutgoingRecord {
  checkPayload(attributes.type, payload, 'closed');
  const full: EventAttributes = { ...attributes, contentType: 'application/json', keyId: dataKey?.id };
  const plain = Buffer.from(JSON.stringify(payload));
  const value = dataKey ? seal(plain, dataKey.key, sealContext(topic, full, dataKey.id), random) : plain;
  return { topic, partition, key, headers: toHeaders(full), value };
}
