import { defineError } from '@anamnesis/contracts';

/** Raised when a projection meets an event that it cannot read: its place in the log is broken. */
export const eventUnreadable = defineError(
  'ANM_AUDIT_EVENT_UNREADABLE',
  'stop',
  (f: { topic: string; partition: number; offset: number; code: string }) =>
    `${f.topic}/${f.partition} offset ${f.offset} cannot be read (${f.code}): compare its bytes with the envelope in audit.log`,
);

/** Raised when translating the kept bytes again does not give what was recorded: 409. */
export const lineageMismatch = defineError(
  'ANM_LINEAGE_MISMATCH',
  'stop',
  (f: { messageId: string; part: number }) =>
    `Translating message ${f.messageId} (part ${f.part}) again does not give the recorded hashes: bytes, plan or translator changed`,
);

/** Raised when the key of a message was destroyed: 410. */
export const messageErased = defineError(
  'ANM_ERASED',
  'park',
  (f: { messageId: string }) => `The content of message ${f.messageId} was erased: its key is destroyed`,
);

/** Raised when audit holds no bytes of a message: 404. */
export const rawNotKept = defineError(
  'ANM_RAW_NOT_KEPT',
  'park',
  (f: { messageId: string }) =>
    `Audit keeps no bytes of message ${f.messageId}: it was larger than an envelope holds, read it from ingress.messages`,
);

/** Raised when governance does not hold the plan that a message was stamped with: 409. */
export const planMissing = defineError(
  'ANM_PLAN_UNKNOWN',
  'stop',
  (f: { plan: string }) =>
    `governance.events holds no plan ${f.plan}: a plan is never removed, restore the topic`,
);

/** Raised when a message was set aside and has no translation to explain: 409. */
export const notTranslated = defineError(
  'ANM_NOT_TRANSLATED',
  'park',
  (f: { messageId: string; code: string }) =>
    `Message ${f.messageId} was not translated (${f.code}): it has no field lineage`,
);

/** Raised when nothing of this id is known in the caller's tenant: 404. */
export const notFound = defineError(
  'ANM_NOT_FOUND',
  'park',
  (f: { kind: string }) => `No such ${f.kind} in this tenant`,
);

/** Raised when a path names several elements of a resource: 400. */
export const pathAmbiguous = defineError(
  'ANM_PATH_AMBIGUOUS',
  'park',
  (f: { path: string; candidates: readonly string[] }) =>
    `${f.path} names several elements: ask for one of ${f.candidates.slice(0, 20).join(', ')}`,
);

/** Raised when a query parameter is missing or malformed: 400. */
export const badRequest = defineError('ANM_BAD_REQUEST', 'park', (f: { sentence: string }) => f.sentence);

/** Raised when no message of the resource wrote the element: the record's own decision or an API write did. 404. */
export const fieldNotFromMessage = defineError(
  'ANM_FIELD_NOT_FROM_MESSAGE',
  'park',
  (f: { type: string; path: string }) =>
    `No message wrote ${f.path} of this ${f.type}: it is absent, was written through the API, or by the record's own decision`,
);
