import type { Session } from '@anamnesis/client';
import { parseAcknowledgement } from '@anamnesis/simulation';
import type { Show, ShowResult } from '../../checks/shows.js';
import type { TestStack } from '../../checks/testStack.js';
import { openSession } from '../../client/openSession.js';
import { candidatesUnder } from '../../messages/outcome.js';
import { createClaims, type Claims } from '../claims.js';
import { eventually } from '../eventually.js';
import { createRecordReader, type RecordReader, type ShownResource } from '../recordReader.js';
import { createShowSender, type Followed } from '../showSender.js';
import { createStory, type Story } from './story.js';

type Sent = Readonly<Record<keyof typeof lines, Followed>>;

/** Which interface each message of the story is sent to, in its order. */
const lines = {
  registration: 'adt-main',
  preliminary: 'lab-results',
  final: 'lab-results',
  corrected: 'lab-results',
  sparse: 'lab-results',
  wrongBirthDate: 'lab-results',
  update: 'adt-main',
  late: 'adt-main',
  lastUpdate: 'adt-main',
} as const;

const written = (followed: Followed): string[] =>
  followed.lineage.resources
    .filter(({ type }) => type !== 'Provenance')
    .map(({ type, version, action }) => `${type} v${version} ${action}`)
    .sort();
const decision = ({ lineage }: Followed): string[] =>
  lineage.hops
    .filter(hop => hop.outcome !== undefined)
    .map(({ outcome, code }) => (code === undefined ? `${outcome}` : `${outcome}: ${code}`));
const versions = (history: readonly ShownResource[]): string[] =>
  history.map(({ meta, status }) => `v${meta.versionId} ${status}`);
const streetOf = (patient: ShownResource): string | undefined =>
  (patient['address'] as { line?: string[] }[] | undefined)?.[0]?.line?.[0];

async function claimResult(claims: Claims, reader: RecordReader, story: Story, sent: Sent): Promise<void> {
  const statuses = ['v1 preliminary', 'v2 final', 'v3 corrected'];
  const srid = sent.registration.lineage.resources.find(one => one.type === 'Patient')?.id ?? '';
  for (const status of ['preliminary', 'final', 'corrected'] as const)
    claims.same(`the ${status} result is answered and recorded`, 'AA recorded', outcomeOf(sent[status]));
  const reports = await reader.search('DiagnosticReport', { identifier: story.filler });
  claims.same('the result is one DiagnosticReport', 1, reports.length);
  const report = await reader.history('DiagnosticReport', reports[0]?.id ?? '');
  claims.same('the DiagnosticReport has three versions', statuses, versions(report));
  const ofReport = new Set(
    report.flatMap(one => (one['result'] as { reference: string }[]).map(r => r.reference)),
  );
  claims.same('its versions name one Observation', 1, ofReport.size);
  const observation = [...ofReport][0]?.split('/')[1] ?? '';
  claims.same(
    'the Observation has three versions',
    statuses,
    versions(await reader.history('Observation', observation)),
  );
  // One of the result, two of the sparse one, none of the refused one.
  const all = await reader.search('Observation', { patient: srid });
  claims.same('the patient has no Observation beside it and those of the sparse result', 3, all.length);
}

async function claimDemographics(
  claims: Claims,
  reader: RecordReader,
  story: Story,
  sent: Sent,
): Promise<void> {
  const { mrn, family } = story.patient;
  claims.same(
    'a result with a sparse PID is filed and writes no Patient',
    ['DiagnosticReport v1 created', 'Observation v1 created', 'Observation v1 created'],
    written(sent.sparse),
  );
  claims.same('an update newer than the record is accepted', ['accepted'], decision(sent.update));
  claims.same(
    'an A08 older than the last changes nothing and says so',
    ['unchanged: older-than-current'],
    decision(sent.late),
  );
  claims.same('the older A08 wrote nothing', [], written(sent.late));
  const patients = await reader.search('Patient', { identifier: mrn });
  claims.same('there is one Patient under the number', 1, patients.length);
  const history = await eventually(
    () => reader.history('Patient', patients[0]?.id ?? ''),
    found => found.length >= story.streets.length,
  );
  claims.same('the Patient has a version per ADT that was not late', story.streets, history.map(streetOf));
  const sources = history.map(({ meta }) => meta.source);
  const feed = 'urn:anamnesis:interface:adt-main';
  claims.same('no result touched the Patient', [feed, feed, feed], sources);
  const names = history.map(one => (one['name'] as { family?: string }[])[0]?.family);
  claims.same('no version has the name that the older A08 gave', [family, family, family], names);
}

async function claimWrongPatient(
  claims: Claims,
  auditor: Session,
  reader: RecordReader,
  { story, sent }: { story: Story; sent: Sent },
): Promise<void> {
  const { lineage, ack } = sent.wrongBirthDate;
  claims.same('a result with another birth date is received', 'AA', ack.code);
  claims.same('it is not recorded', 'exception', lineage.state);
  claims.same('it is refused as a whole', ['rejected: wrong-patient'], decision(sent.wrongBirthDate));
  claims.same('nothing of it is filed', [], written(sent.wrongBirthDate));
  const reports = await reader.search('DiagnosticReport', { identifier: story.strangeFiller });
  claims.same('no DiagnosticReport has its number', 0, reports.length);
  const raised = lineage.exceptions.map(({ code, ownerRole }) => `${code} for ${ownerRole}`);
  claims.same('it is an exception that a registrar owns', ['wrong-patient for registrar'], raised);
  const task = lineage.exceptions[0]?.task;
  const open = await eventually(
    () => auditor.call('workflow', `/fhir/Task/${task?.task ?? ''}`),
    answer => answer.status === 200,
  );
  const { status, performerType } = open.body as {
    status?: string;
    performerType?: { coding: { code: string }[] }[];
  };
  const forWhom = performerType?.[0]?.coding[0]?.code;
  claims.same('its task waits for a registrar', 'ready registrar', `${status} ${forWhom}`);
}

const outcomeOf = ({ ack, lineage }: Followed): string => `${ack.code} ${lineage.state}`;

async function run(stack: TestStack): Promise<ShowResult> {
  const auditor = await openSession('demo', 'ada', 'HOPERAT', stack.env);
  const reader = createRecordReader(auditor);
  const sender = createShowSender(stack, auditor);
  const story = createStory(Date.now());
  const claims = createClaims();
  const sent: Partial<Record<keyof typeof lines, Followed>> = {};
  let again = '';
  for (const [name, interfaceId] of Object.entries(lines) as [keyof typeof lines, string][]) {
    sent[name] = await sender.follow(interfaceId, story[name]);
    if (name === 'corrected') again = (await sender.answerTo('lab-results', story.final)).answer;
  }
  const all = sent as Sent;
  // The last update went through the same lane: what shows it has decided on everything before it.
  await eventually(
    async () => reader.search('Patient', { identifier: story.patient.mrn }),
    found => found[0] !== undefined && streetOf(found[0]) === story.streets.at(-1),
  );
  await claimResult(claims, reader, story, all);
  const { answerId } = all.final.ack;
  const same = again === all.final.answer ? 'byte for byte' : again;
  claims.same(
    'the final result sent again gets the same answer',
    `byte for byte, MSH-10 ${answerId}`,
    `${same}, MSH-10 ${parseAcknowledgement(Buffer.from(again)).answerId}`,
  );
  const received = await candidatesUnder(auditor, all.final.ack.controlId, 'lab-results');
  claims.same('and was received once', 1, received.length);
  await claimDemographics(claims, reader, story, all);
  await claimWrongPatient(claims, auditor, reader, { story, sent: all });
  return claims.result();
}

/** One result three times, sparse and wrong PIDs, an update that comes late, a resend. */
export const resultsShow: Show = { name: 'results', run };
