import { fhirTypes, parameterTypes, type FhirType, type SearchParameter } from './fhirTypes.js';

const definitions: Readonly<Record<SearchParameter, (type: string) => string>> = {
  _id: () => 'http://hl7.org/fhir/SearchParameter/Resource-id',
  identifier: type =>
    type === 'Patient'
      ? 'http://hl7.org/fhir/SearchParameter/Patient-identifier'
      : type === 'Observation'
        ? 'http://hl7.org/fhir/SearchParameter/Observation-identifier'
        : 'http://hl7.org/fhir/SearchParameter/clinical-identifier',
  patient: () => 'http://hl7.org/fhir/SearchParameter/clinical-patient',
  code: () => 'http://hl7.org/fhir/SearchParameter/clinical-code',
};

function resourceOf([type, { interactions, parameters }]: [string, FhirType]): object {
  return {
    type,
    interaction: interactions.map(code => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: false,
    conditionalCreate: false,
    conditionalRead: 'not-supported',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    searchParam: parameters.map(name => ({
      name,
      definition: definitions[name](type),
      type: parameterTypes[name],
    })),
  };
}

/** What this server does, and nothing else. `date` is the day of the last change of this statement. */
export function capabilityStatement(base: string): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-11-24',
    kind: 'instance',
    software: { name: 'Anamnesis records' },
    implementation: { description: 'Anamnesis system of record', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Every request but this one needs an access token and names its purpose in X-Purpose-Of-Use. ' +
          'Unknown search parameters are refused. Resources that an interface keeps are not changed through the API. ' +
          'Writes take an Idempotency-Key; updates take If-Match.',
        resource: Object.entries(fhirTypes).map(resourceOf),
      },
    ],
  };
}
