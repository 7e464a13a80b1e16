import type { Answer } from '@anamnesis/client';
import type { Show, ShowResult } from '../../checks/shows.js';
import type { TestStack } from '../../checks/testStack.js';
import { resultOf } from '../claims.js';
import { eventually } from '../eventually.js';
import { attempts, lengthOf, type Attempt } from './attempts.js';
import { openHospital, type Hospital } from './hospital.js';
import { sealedUnder } from './sealedUnder.js';

interface Row extends Record<string, unknown> {
  readonly attempt: string;
  readonly dataOf: string;
  /** What the other tenant's token got. */
  readonly stranger: string;
  /** What the owner's token got for the same question. */
  readonly owner: string;
  readonly held: boolean;
}

const ask = (attempt: Attempt, of: Hospital, as: Hospital): Promise<Answer> =>
  as.staff[attempt.by].call(attempt.service, attempt.path(of), attempt.call?.(of));

function told(attempt: Attempt, answer: Answer, of: Hospital): string {
  if (attempt.stranger === 'not found') return String(answer.status);
  const count = lengthOf(answer);
  return `${answer.status}, ${count} listed${attempt.shows(answer, of) ? '' : ', not this'}`;
}

/** Nothing of the owner's, said in the way that the API documents. */
function refuses(attempt: Attempt, answer: Answer, of: Hospital): boolean {
  if (attempt.stranger === 'not found') return answer.status === 404;
  if (answer.status !== 200 || attempt.shows(answer, of)) return false;
  return attempt.stranger === 'own only' || lengthOf(answer) === 0;
}

/** The stranger asks first: what the owner does afterwards may not be what lets the stranger in, nor what stops him. */
async function tryAcross(attempt: Attempt, of: Hospital, stranger: Hospital): Promise<Row> {
  const across = await ask(attempt, of, stranger);
  const own = await eventually(
    () => ask(attempt, of, of),
    answer => attempt.shows(answer, of),
    attempt.call ? 0 : 30_000,
  );
  return {
    attempt: attempt.what,
    dataOf: of.tenant,
    stranger: told(attempt, across, of),
    owner: told(attempt, own, of),
    held: refuses(attempt, across, of) && attempt.shows(own, of),
  };
}

async function separate(stack: TestStack, demo: Hospital, north: Hospital): Promise<Row[]> {
  const [a, b] = await sealedUnder(stack, [demo, north]);
  const isOf = (tenant: string, keyId: string | undefined, stored: readonly string[]) =>
    stored.length === 1 && stored[0] === `${tenant} ${keyId}`;
  const ids = { stranger: `north ${north.patient}`, owner: `demo ${demo.patient}` };
  return [
    {
      attempt: 'one MRN, two patients',
      dataOf: 'both',
      ...ids,
      held: demo.patient !== north.patient,
    },
    {
      attempt: 'two keys (read in the key store by an operator)',
      dataOf: 'both',
      stranger: `north ${b?.keyId}`,
      owner: `demo ${a?.keyId}`,
      held:
        a !== undefined &&
        b !== undefined &&
        a.keyId !== b.keyId &&
        isOf('demo', a.keyId, a.stored) &&
        isOf('north', b.keyId, b.stored),
    },
  ];
}

async function run(stack: TestStack): Promise<ShowResult> {
  const demo = await openHospital(stack, 'demo', { adt: 'adt-main', lab: 'lab-results' }, 71);
  const north = await openHospital(stack, 'north', { adt: 'north-adt', lab: 'north-lab' }, 72);
  const rows = await separate(stack, demo, north);
  for (const attempt of attempts) {
    rows.push(await tryAcross(attempt, demo, north));
    rows.push(await tryAcross(attempt, north, demo));
  }
  return resultOf(rows);
}

/** The same MRN in two tenants, and every way from one to the other tried with the other's token. */
export const tenantsShow: Show = { name: 'tenants', run };
