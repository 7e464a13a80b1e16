/**
 * What the API serves, as data: the routes check against it, the CapabilityStatement is made from it, so neither
 * can say more than the other.
 */
export const interactions = ['read', 'vread', 'history-instance', 'search-type', 'create', 'update'] as const;
export type Interaction = (typeof interactions)[number];

export type SearchParameter = '_id' | 'identifier' | 'patient' | 'code';

export interface FhirType {
  readonly interactions: readonly Interaction[];
  readonly parameters: readonly SearchParameter[];
}

const written: readonly Interaction[] = interactions;

export const fhirTypes: Readonly<Record<string, FhirType>> = {
  Patient: { interactions: written, parameters: ['_id', 'identifier'] },
  Encounter: { interactions: written, parameters: ['_id', 'identifier', 'patient'] },
  DiagnosticReport: { interactions: written, parameters: ['_id', 'identifier', 'patient', 'code'] },
  Observation: { interactions: written, parameters: ['_id', 'identifier', 'patient', 'code'] },
  Provenance: {
    interactions: ['read', 'vread', 'history-instance', 'search-type'],
    parameters: ['_id'],
  },
};

/** FHIR type of each search parameter, and where R4 defines it. */
export const parameterTypes: Readonly<Record<SearchParameter, 'token' | 'reference'>> = {
  _id: 'token',
  identifier: 'token',
  patient: 'reference',
  code: 'token',
};
