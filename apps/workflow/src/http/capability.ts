import { searchParameters } from './taskSearch.js';

export const operations = ['claim', 'complete', 'release'] as const;
export type Operation = (typeof operations)[number];

const types: Readonly<Record<(typeof searchParameters)[number], string>> = {
  'owner-role': 'token',
  status: 'token',
  patient: 'reference',
};

/** What `/fhir` of workflow does, exactly. */
export const capabilityStatement = {
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: '2026-01-01',
  kind: 'instance',
  software: { name: 'Anamnesis workflow' },
  implementation: { description: 'Tasks of running cases' },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json'],
  rest: [
    {
      mode: 'server',
      security: { description: 'OAuth 2 bearer tokens; the purpose of use is named by X-Purpose-Of-Use' },
      resource: [
        {
          type: 'Task',
          interaction: [{ code: 'read' }, { code: 'search-type' }],
          versioning: 'versioned',
          searchParam: searchParameters.map(name => ({ name, type: types[name] })),
          operation: operations.map(name => ({
            name,
            definition: `urn:anamnesis:operation:task-${name}`,
            documentation: 'Wants If-Match with the version that was read; answers the Task as it is then',
          })),
        },
      ],
    },
  ],
} as const;
