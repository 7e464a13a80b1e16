import type { EventPayloads, EventType } from '@anamnesis/contracts';
import type { DecodedEvent, ReceivedEvent } from '@anamnesis/processing';
import { eventUnreadable } from '../errors.js';

/**
 * Rows as one JSON parameter for `json_to_recordset`: half the cost of one array per column. A NUL is legal in JSON
 * and not in Postgres text; a sender can put one where a header quotes its message, so it becomes U+FFFD.
 */
export function jsonRows(rows: readonly object[]): string {
  const text = JSON.stringify(rows);
  return text.includes('\\u0000') ? text.replaceAll('\\u0000', '\\ufffd') : text;
}

function isOf<T extends EventType>(event: ReceivedEvent, type: T): event is ReceivedEvent<T> & ReceivedEvent {
  return event.attributes.type === type;
}

/**
 * The events of one type, opened. Erased ones are left out: what only they said is gone by intention.
 * Raised when an event cannot be read otherwise: {@link eventUnreadable}; a projection never skips one.
 */
export function readable<T extends EventType>(
  events: readonly DecodedEvent[],
  type: T,
): (ReceivedEvent<T> & { readonly payload: EventPayloads[T] })[] {
  return events.flatMap(found => {
    if (found.readable) return isOf(found.event, type) ? [found.event] : [];
    if (found.code === 'erased') return [];
    const { topic, partition, offset } = found.record;
    throw eventUnreadable({ topic, partition, offset, code: found.code });
  });
}
