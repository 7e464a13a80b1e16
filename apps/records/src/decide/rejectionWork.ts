import type { RejectionCode } from './types.js';

/** Whose work a rejected message is, and what has to be done. */
export interface RejectionWork {
  readonly ownerRole: 'registrar' | 'integrator' | 'operator';
  readonly act: string;
  /** Causes about one patient open one exception per message. */
  readonly single: boolean;
}

const registrar = (act: string): RejectionWork => ({ ownerRole: 'registrar', act, single: true });

/** Refusals that only the caller of the API is told, and erased content, are nobody's work. */
export const rejectionWork: Readonly<Partial<Record<RejectionCode, RejectionWork>>> = {
  'wrong-patient': registrar(
    'Compare the message with the record, correct the wrong side, then release or discard the message',
  ),
  'merge-cycle': registrar('Decide which of the two records survives and have the sender merge that way'),
  'merge-conflict': registrar('Decide which record survives; undo the earlier merge first if it was wrong'),
  'identity-class-unsupported': {
    ownerRole: 'integrator',
    act: 'Take the trigger out of the interface or have the change done by a merge message',
    single: false,
  },
  undecodable: {
    ownerRole: 'operator',
    act: 'Check the key store and the versions of translation and records, then replay the message',
    single: false,
  },
};
