import type { Message } from '@anamnesis/hl7v2';
import type { CompiledMessageMap } from '../plan/compiledPlan.js';
import type {
  TranslateArguments,
  TranslatedHeader,
  TranslationFailure,
  TranslationFailureCode,
} from './result.js';
import type { NamedPatient } from './sourceRecords.js';

/** A message set aside; the position names the segment at fault where there is one. */
export function failure(
  code: TranslationFailureCode,
  reason: string,
  message: Message,
  header: TranslatedHeader,
  place?: { readonly segment: number; readonly field: number },
): TranslationFailure {
  const position =
    place === undefined
      ? {}
      : {
          position: {
            segment: message.segmentName(place.segment),
            field: `${message.segmentName(place.segment)}-${place.field}`,
            byte: message.segmentSpan(place.segment).start,
          },
        };
  return { ok: false, code, reason, findings: [], header, ...position };
}

/** Whether this part can be translated; a failure when the message does not say clearly whom it is about. */
export function checkPart(
  message: Message,
  map: CompiledMessageMap,
  patients: readonly NamedPatient[],
  { part }: TranslateArguments,
  header: TranslatedHeader,
): TranslationFailure | undefined {
  const fail = (code: TranslationFailureCode, reason: string, place?: { segment: number; field: number }) =>
    failure(code, reason, message, header, place);
  const subjects = patients.filter(({ role }) => role === 'subject');
  const [subject] = subjects;
  if (subject === undefined) return fail('no-patient', 'The message has no PID segment.');
  const srid = part.srids[part.n - 1];
  const mine = patients.find(patient => patient.srid === srid);
  const unidentified = (mine ?? subject).identified ? undefined : (mine ?? subject);
  if (unidentified !== undefined)
    return fail('unidentified-patient', 'PID names no patient under an authority that the contract knows.', {
      segment: unidentified.segment,
      field: 3,
    });
  if (mine === undefined)
    return fail('part-mismatch', 'The parts given are not the source records that the message names.');
  return map.identity === undefined ? undefined : checkMerge(patients, subjects, fail);
}

function checkMerge(
  patients: readonly NamedPatient[],
  subjects: readonly NamedPatient[],
  fail: (
    code: TranslationFailureCode,
    reason: string,
    place?: { segment: number; field: number },
  ) => TranslationFailure,
): TranslationFailure | undefined {
  const replaced = patients.filter(({ role }) => role === 'replaced');
  const [first] = replaced;
  if (subjects.length > 1 || replaced.length > 1)
    return fail('repeated-merge', 'The message asks for several merges at once.');
  if (first?.identified !== true)
    return fail(
      'no-replaced-patient',
      'MRG names no patient under an authority that the contract knows.',
      first === undefined ? undefined : { segment: first.segment, field: 1 },
    );
  if (first.srid === subjects[0]?.srid)
    return fail('no-replaced-patient', 'The merge names the same patient twice.', {
      segment: first.segment,
      field: 1,
    });
  return undefined;
}
