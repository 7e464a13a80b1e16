import {
  adt,
  bloodCount,
  hospitalAuthority,
  oru,
  seeded,
  syntheticPatient,
  type ResultStatus,
  type SyntheticPatient,
} from '@anamnesis/simulation';

/** The messages of the show, in the order in which they are sent. */
export interface Story {
  readonly patient: SyntheticPatient;
  readonly filler: string;
  readonly registration: string;
  readonly preliminary: string;
  readonly final: string;
  readonly corrected: string;
  /** A PID with the number alone. */
  readonly sparse: string;
  /** A PID with another birth date, and a filler of its own. */
  readonly wrongBirthDate: string;
  readonly strangeFiller: string;
  readonly update: string;
  /** Said before `update` was, and received after it. */
  readonly late: string;
  /** The last word: once it shows, all before it were decided on. */
  readonly lastUpdate: string;
  /** Street of each version of the Patient that should come of it. */
  readonly streets: readonly string[];
}

const minute = 60_000;

/** One patient and one result; `end` (epoch milliseconds) is when the last message was said. */
export function createStory(end: number): Story {
  const random = seeded(4);
  const patient = syntheticPatient(4_000, random);
  const begin = end - 90 * minute;
  const facts = (application: string, controlId: string, minutes: number) => ({
    sender: { application, facility: 'GENERAL', authority: hospitalAuthority },
    controlId,
    at: new Date(begin + minutes * minute),
  });
  const filler = 'SHOW4F1';
  const strangeFiller = 'SHOW4F3';
  const result = (controlId: string, minutes: number, status: ResultStatus) =>
    oru(facts('LAB', controlId, minutes), patient, bloodCount(random, filler, status, 1));
  const streets = [patient.street, '2 Update Street', '3 Last Street'];
  const moved = (street: string) => ({ ...patient, street });
  return {
    patient,
    filler,
    strangeFiller,
    streets,
    registration: adt(facts('ADT', 'SHOW4A1', 0), 'A04', patient),
    preliminary: result('SHOW4R1', 10, 'P'),
    final: result('SHOW4R2', 20, 'F'),
    corrected: result('SHOW4R3', 30, 'C'),
    sparse: oru(facts('LAB', 'SHOW4R4', 40), patient, bloodCount(random, 'SHOW4F2', 'F', 2), {
      sparse: true,
    }),
    wrongBirthDate: oru(
      facts('LAB', 'SHOW4R5', 50),
      { ...patient, birthDate: patient.birthDate === '19010203' ? '19010204' : '19010203' },
      bloodCount(random, strangeFiller, 'F', 1),
    ),
    update: adt(facts('ADT', 'SHOW4A2', 70), 'A08', moved(streets[1] ?? '')),
    late: adt(facts('ADT', 'SHOW4A3', 60), 'A08', { ...moved('9 Late Street'), family: 'Late' }),
    lastUpdate: adt(facts('ADT', 'SHOW4A4', 80), 'A08', moved(streets[2] ?? '')),
  };
}
