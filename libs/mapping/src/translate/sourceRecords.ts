import { derivedId, sourceRecordId } from '@anamnesis/contracts';
import type { Message } from '@anamnesis/hl7v2';
import { authorityOf, type HierarchicDesignator } from '../interface/authority.js';
import type { InterfaceContract } from '../interface/contract.js';
import type { Finding } from './result.js';

/** One patient that a message names, in the order in which it names them. */
export interface NamedPatient {
  readonly srid: string;
  /** The segment (PID or MRG) and the CX that the srid comes from; none when the patient is not identified. */
  readonly segment: number;
  readonly cx?: { readonly field: number; readonly repetition: number };
  readonly role: 'subject' | 'replaced';
  readonly identified: boolean;
}

export interface SourceRecords {
  /** Every source record that the message names, in part order; [0] of a merge is the survivor. */
  readonly srids: readonly string[];
  readonly findings: readonly Finding[];
  /** No PID names a patient that the contract knows: the message is its own source record. */
  readonly unidentified: boolean;
}

/** PID-3, then the legacy fields (blueprint §5, "Source record and order"). */
const patientFields = [3, 2, 4];
const replacedFields = [1];

/**
 * The source records of a message: computed once at receipt and again, equal, in translation. The first authority
 * of the contract's preference that is present in PID-3, then PID-2, then PID-4 counts; other identifiers are
 * evidence. A message without a usable number gets one of its own from its event id.
 */
export function sourceRecords(
  message: Message,
  contract: InterfaceContract,
  idKey: Uint8Array,
  eventId: string,
): SourceRecords {
  const patients = namedPatients(message, contract, idKey, eventId);
  const findings = patients
    .filter(patient => !patient.identified)
    .map((patient): Finding => {
      const span = message.segmentSpan(patient.segment);
      return {
        rule: 'source-record/unidentified',
        severity: 'error',
        source: { start: span.start, end: span.end },
        sourcePath: patient.role === 'subject' ? 'PID-3' : 'MRG-1',
        note: 'No identifier under an assigning authority that the contract knows.',
      };
    });
  const known = patients.filter(patient => patient.identified || patient.role === 'subject');
  const srids = [...new Set(known.map(patient => patient.srid))];
  const unidentified = !patients.some(patient => patient.identified && patient.role === 'subject');
  if (srids.length === 0) srids.push(derivedId(idKey, 'unidentified', [eventId]));
  return { srids, findings, unidentified };
}

/** Every PID and every MRG of the message with the source record that it names. */
export function namedPatients(
  message: Message,
  contract: InterfaceContract,
  idKey: Uint8Array,
  eventId: string,
): NamedPatient[] {
  const patients: NamedPatient[] = [];
  for (let segment = 0; segment < message.segmentCount; segment += 1) {
    const name = message.segmentName(segment);
    if (name !== 'PID' && name !== 'MRG') continue;
    const role = name === 'PID' ? 'subject' : 'replaced';
    const found = preferred(message, contract, segment, role === 'subject' ? patientFields : replacedFields);
    patients.push(
      found === undefined
        ? { srid: derivedId(idKey, 'unidentified', [eventId]), segment, role, identified: false }
        : {
            srid: sourceRecordId(idKey, found.uri, found.id),
            segment,
            cx: { field: found.field, repetition: found.repetition },
            role,
            identified: true,
          },
    );
  }
  return patients;
}

interface Candidate {
  readonly uri: string;
  readonly id: string;
  readonly field: number;
  readonly repetition: number;
}

function preferred(
  message: Message,
  contract: InterfaceContract,
  segment: number,
  fields: readonly number[],
): Candidate | undefined {
  for (const field of fields) {
    let best: (Candidate & { rank: number }) | undefined;
    const count = message.repetitionCount(segment, field);
    for (let repetition = 1; repetition <= count; repetition += 1) {
      const id = message.text(segment, field, repetition, 1).trim();
      if (id === '') continue;
      const authority = authorityOf(contract, readAuthority(message, segment, field, repetition, 4));
      if (authority === undefined || (best !== undefined && best.rank <= authority.rank)) continue;
      best = { uri: authority.uri, rank: authority.rank, id, field, repetition };
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

/** The HD in one component of a field. */
export function readAuthority(
  message: Message,
  segment: number,
  field: number,
  repetition: number,
  component: number,
): HierarchicDesignator {
  return {
    namespace: message.text(segment, field, repetition, component, 1).trim(),
    universalId: message.text(segment, field, repetition, component, 2).trim(),
    universalIdType: message.text(segment, field, repetition, component, 3).trim(),
  };
}
