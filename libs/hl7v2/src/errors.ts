import { defineError, isCodedError, type CodedError } from '@anamnesis/contracts';

/** Why bytes could not be read as a message. Returned as a value: this library never throws over content. */
export type Hl7Error = CodedError;

/** The result when nothing but a byte order mark and blank lines was sent. */
export const emptyMessage = defineError<{ bytes: number }>(
  'ANM_HL7_EMPTY',
  'park',
  f => `Nothing but blank lines in ${f.bytes} bytes: there is no message to read.`,
);

/** The result when the first line is no MSH segment, so delimiters and sender are unknown. */
export const headerMissing = defineError<{ offset: number }>(
  'ANM_HL7_NO_HEADER',
  'park',
  f => `The message does not begin with an MSH segment (byte ${f.offset}).`,
);

/** The result when MSH-1 and MSH-2 declare characters that cannot delimit (letters, digits, blanks, controls). */
export const delimitersUnusable = defineError<{ offset: number }>(
  'ANM_HL7_DELIMITERS',
  'park',
  f => `MSH-1 and MSH-2 do not declare usable delimiters (byte ${f.offset}).`,
);

/** The result when a message passes one of the limits given to `tokenise`. */
export const limitPassed = defineError<{ limit: string; allowed: number }>(
  'ANM_HL7_LIMIT',
  'park',
  f => `The message passes the limit of ${f.allowed} ${f.limit}.`,
);

/** True for the error half of what `tokenise` returns. */
export function isHl7Error(result: unknown): result is Hl7Error {
  return isCodedError(result);
}
