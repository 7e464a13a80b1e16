import type { Message } from './message.js';
import type { Location } from './types.js';

/** CX.4: who assigned an identifier. */
export interface AssigningAuthority {
  readonly namespace: string;
  readonly universalId: string;
  readonly universalIdType: string;
}

/** One identifier of a patient (CX). Absent parts are ''. */
export interface PatientIdentifier {
  readonly source: 'PID-3' | 'PID-2' | 'PID-4' | 'MRG-1';
  /** 1-based. */
  readonly repetition: number;
  /** CX.1 without surrounding blanks; never ''. */
  readonly id: string;
  readonly authority: AssigningAuthority;
  /** CX.5, for example MR. */
  readonly typeCode: string;
  /** Where CX.1 sits. */
  readonly location: Location;
}

/**
 * The identifiers of the patient that a PID or MRG segment names, in the order in which an interface looks through
 * them: PID-3 with all repetitions, then the older PID-2 and PID-4; for MRG the prior list in MRG-1. Repetitions
 * without an identifier are left out. Any other segment has none.
 */
export function canonicalPatientIds(message: Message, segment: number): PatientIdentifier[] {
  const name = message.segmentName(segment);
  if (name === 'MRG') return identifiers(message, segment, 1, 'MRG-1');
  if (name !== 'PID') return [];
  return [
    ...identifiers(message, segment, 3, 'PID-3'),
    ...identifiers(message, segment, 2, 'PID-2'),
    ...identifiers(message, segment, 4, 'PID-4'),
  ];
}

function identifiers(
  message: Message,
  segment: number,
  field: number,
  source: PatientIdentifier['source'],
): PatientIdentifier[] {
  const found: PatientIdentifier[] = [];
  const count = message.repetitionCount(segment, field);
  for (let repetition = 1; repetition <= count; repetition += 1) {
    const id = message.text(segment, field, repetition).trim();
    if (id === '') continue;
    found.push({
      source,
      repetition,
      id,
      authority: {
        namespace: message.text(segment, field, repetition, 4, 1).trim(),
        universalId: message.text(segment, field, repetition, 4, 2).trim(),
        universalIdType: message.text(segment, field, repetition, 4, 3).trim(),
      },
      typeCode: message.text(segment, field, repetition, 5).trim(),
      location: { segment, field, repetition, component: 1, subcomponent: 1 },
    });
  }
  return found;
}
