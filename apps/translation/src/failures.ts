import type { UnreadableEvent } from '@anamnesis/processing';
import type { TranslationFailureCode } from '@anamnesis/mapping';

/** Why a message was parked here: what translation found, or what kept it from being read at all. */
export type ParkedCode =
  TranslationFailureCode | Exclude<UnreadableEvent['code'], 'erased'> | 'translation-failed';

/** Whose work a parked message is. */
export interface Failure {
  readonly ownerRole: 'integrator' | 'registrar' | 'operator';
  /** One exception per message: causes about one patient (blueprint §5). */
  readonly single: boolean;
  /** What has to be done; `type` is the message type, or ''. */
  readonly act: (type: string) => string;
  /** Tells groups of one cause apart. */
  readonly rule?: (type: string) => string;
}

const named = (type: string): string => type || 'this message type';

export const failures: Record<ParkedCode, Failure> = {
  'no-map': {
    ownerRole: 'integrator',
    single: false,
    act: type => `Add a map for ${named(type)}, or take it out of accept.triggers of the interface`,
    rule: type => type,
  },
  undecodable: {
    ownerRole: 'integrator',
    single: false,
    act: () => 'Look at the bytes with the sender: they could not be read as an HL7 v2 message',
  },
  'no-patient': {
    ownerRole: 'integrator',
    single: false,
    act: type => `Ask the sender why ${named(type)} comes without a PID segment`,
    rule: type => type,
  },
  'unidentified-patient': {
    ownerRole: 'registrar',
    single: true,
    act: () =>
      'Find out whom the message is about; the sender has to send it again with a number that we know',
  },
  'no-replaced-patient': {
    ownerRole: 'registrar',
    single: true,
    act: () => 'Find out which record the merge replaces; MRG names none that we know',
  },
  'repeated-merge': {
    ownerRole: 'integrator',
    single: false,
    act: () => 'Have the sender send one merge per message',
  },
  'part-mismatch': {
    ownerRole: 'operator',
    single: false,
    act: () =>
      'Compare the versions of gateway and translation: they read different patients from one message',
  },
  'translation-failed': {
    ownerRole: 'integrator',
    single: false,
    act: type => `Report the defect with a sample of ${named(type)}: a rule failed on it`,
    rule: type => type,
  },
  'unknown-type': {
    ownerRole: 'operator',
    single: false,
    act: () => 'Find out who writes events of an unknown type to this topic',
  },
  'seal-broken': {
    ownerRole: 'operator',
    single: false,
    act: () => 'Compare the key store with the log: a payload does not open under its key',
  },
};
