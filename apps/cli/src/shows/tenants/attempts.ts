import type { Answer, Call, HttpService } from '@anamnesis/client';
import { sharedMrn, type Hospital, type Staff } from './hospital.js';

/** Something that belongs to one tenant, and how one asks for it. */
export interface Attempt {
  readonly what: string;
  readonly by: keyof Staff;
  readonly service: HttpService;
  readonly path: (of: Hospital) => string;
  readonly call?: (of: Hospital) => Call;
  /** Whether an answer holds what belongs to the tenant. */
  readonly shows: (answer: Answer, of: Hospital) => boolean;
  /**
   * What a stranger hears: 404 as if it did not exist, or a list without it. A list may hold what the stranger
   * owns under the same name.
   */
  readonly stranger: 'not found' | 'empty list' | 'own only';
}

const ok = ({ status }: Answer): boolean => status >= 200 && status < 300;
const entriesOf = ({ body }: Answer): string[] =>
  ((body as { entry?: { resource: { id: string } }[] }).entry ?? []).map(({ resource }) => resource.id);
const listOf = (answer: Answer, name: string): unknown[] =>
  (answer.body as Record<string, unknown[]>)[name] ?? [];

/** How many things a list answer holds, under whatever name the API gives its list. */
export function lengthOf(answer: Answer): number {
  const body = answer.body as Record<string, unknown>;
  const list = ['entry', 'candidates', 'messages', 'exceptions', 'accesses'].find(name => name in body);
  return list === undefined ? 0 : (body[list] as unknown[]).length;
}

const read = (
  what: string,
  by: keyof Staff,
  service: HttpService,
  path: (of: Hospital) => string,
): Attempt => ({ what, by, service, path, shows: ok, stranger: 'not found' });

const fhirSearch = (what: string, parameters: (of: Hospital) => string, stranger: Attempt['stranger']) => ({
  what,
  by: 'clinician' as const,
  service: 'records' as const,
  path: (of: Hospital) => `/fhir/Patient?${parameters(of)}`,
  shows: (answer: Answer, of: Hospital) => ok(answer) && entriesOf(answer).includes(of.patient),
  stranger,
});

const hl7 = { 'content-type': 'application/hl7-v2' };

/** Every way to a tenant's data that the APIs have, asked for in the words of that tenant. */
export const attempts: readonly Attempt[] = [
  read('FHIR read', 'clinician', 'records', of => `/fhir/Patient/${of.patient}`),
  read('FHIR version read', 'clinician', 'records', of => `/fhir/Patient/${of.patient}/_history/1`),
  read('FHIR history', 'clinician', 'records', of => `/fhir/Patient/${of.patient}/_history`),
  fhirSearch('FHIR search by id', of => `_id=${of.patient}`, 'empty list'),
  fhirSearch('FHIR search by identifier', () => `identifier=${sharedMrn}`, 'own only'),
  read('person of a record', 'clinician', 'identity', of => `/persons/by-record/${of.patient}`),
  read('message lineage', 'auditor', 'audit', of => `/lineage/messages/${of.message}`),
  read('field lineage', 'auditor', 'audit', of => `/lineage/resources/Patient/${of.patient}?path=birthDate`),
  read('fields of a message', 'auditor', 'audit', of => `/lineage/messages/${of.message}/fields?all=true`),
  read('raw message, masked', 'auditor', 'audit', of => `/lineage/messages/${of.message}/raw`),
  read('raw message, revealed', 'auditor', 'audit', of => `/lineage/messages/${of.message}/raw?reveal=true`),
  {
    what: 'messages under a control id',
    by: 'auditor',
    service: 'audit',
    path: of => `/lineage/messages?control=${of.controlId}`,
    shows: answer => ok(answer) && listOf(answer, 'candidates').length > 0,
    stranger: 'empty list',
  },
  {
    // A stranger's ledger lists the strangers' own attempts, to whom nothing was shown.
    what: 'who saw a patient',
    by: 'auditor',
    service: 'audit',
    path: of => `/access?srid=${of.patient}`,
    shows: (answer, of) =>
      ok(answer) &&
      (listOf(answer, 'accesses') as { hits: string[] }[]).some(({ hits }) =>
        hits.includes(`Patient/${of.patient}`),
      ),
    stranger: 'own only',
  },
  read('stored message', 'integrator', 'gateway', of => `/messages/${of.message}`),
  {
    what: 'stored messages by control id',
    by: 'integrator',
    service: 'gateway',
    path: of => `/messages?control=${of.controlId}`,
    shows: answer => ok(answer) && listOf(answer, 'messages').length > 0,
    stranger: 'empty list',
  },
  read('exception of a message', 'integrator', 'workflow', of => `/exceptions/${of.failedMessage}`),
  {
    what: 'open exceptions',
    by: 'integrator',
    service: 'workflow',
    path: () => '/exceptions',
    shows: (answer, of) => ok(answer) && JSON.stringify(answer.body).includes(of.task),
    stranger: 'own only',
  },
  read('task', 'clinician', 'workflow', of => `/fhir/Task/${of.task}`),
  {
    what: 'tasks of a patient',
    by: 'clinician',
    service: 'workflow',
    path: of => `/fhir/Task?patient=${of.patient}`,
    shows: (answer, of) => ok(answer) && entriesOf(answer).includes(of.task),
    stranger: 'empty list',
  },
  {
    ...read('claim a task', 'clinician', 'workflow', of => `/fhir/Task/${of.task}/$claim`),
    call: () => ({ method: 'POST', headers: { 'if-match': 'W/"1"' } }),
  },
  {
    ...read('post a message', 'integrator', 'gateway', of => `/interfaces/${of.adtInterface}/messages`),
    call: of => ({ method: 'POST', headers: hl7, body: of.unsent }),
  },
];
