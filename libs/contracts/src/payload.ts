import AjvModule, { type ValidateFunction } from 'ajv';
import { eventSchemas } from './generated/schemas.js';
import type { EventPayloads, EventType } from './generated/events.js';
import { defineError } from './errors.js';

const Ajv = AjvModule.default;
type Strictness = 'closed' | 'open';

/** Raised when a writer's own payload does not meet its schema: the event is not written. */
export const payloadInvalid = defineError(
  'ANM_PAYLOAD_INVALID',
  'park',
  (f: { type: string; path: string; rule: string }) =>
    `Payload of ${f.type} does not meet its contract at ${f.path || '/'} (${f.rule}): see libs/contracts/src/schemas/${f.type}.json`,
);

/** Raised when an event's type is not in the contracts of this version. */
export const eventTypeUnknown = defineError(
  'ANM_EVENT_TYPE_UNKNOWN',
  'park',
  (f: { type: string }) => `Event type ${f.type} is not in the contracts of this version`,
);

function opened(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(opened);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      key === 'additionalProperties' && value === false ? [key, true] : [key, opened(value)],
    ),
  );
}

const compiled = new Map<string, ValidateFunction>();

function validator(type: EventType, strictness: Strictness): ValidateFunction {
  const key = `${strictness} ${type}`;
  let validate = compiled.get(key);
  if (!validate) {
    const schema = eventSchemas[type];
    const ajv = new Ajv({ strict: false, allErrors: false });
    validate = ajv.compile(
      strictness === 'closed' ? schema : (opened({ ...schema, $id: undefined }) as object),
    );
    compiled.set(key, validate);
  }
  return validate;
}

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type);
}

/**
 * Checks a payload against its contract and returns it typed. Writers check closed (an unknown field is an error),
 * readers open (a newer writer may have added optional fields): blueprint §4.
 * Raised when the payload does not fit: {@link payloadInvalid}.
 */
export function checkPayload<T extends EventType>(
  type: T,
  payload: unknown,
  strictness: Strictness,
): EventPayloads[T] {
  const validate = validator(type, strictness);
  if (validate(payload)) return payload as EventPayloads[T];
  const error = validate.errors?.[0];
  throw payloadInvalid({ type, path: error?.instancePath ?? '', rule: error?.keyword ?? 'schema' });
}
