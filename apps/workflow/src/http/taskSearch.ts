import { httpProblem } from '@anamnesis/service';
import type { TaskSearch } from '../store/tasks.js';
import { fhirTask, statusOfFhir, type TaskView } from './fhirTask.js';

export const searchParameters = ['owner-role', 'status', 'patient'] as const;
const accepted = new Set<string>([...searchParameters, '_count', '_after']);
const defaultCount = 50;
const largestCount = 200;

const refused = (text: string) => httpProblem({ status: 400, code: 'ANM_SEARCH_REFUSED', text });

export type Query = Readonly<Record<string, unknown>>;

function single(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '')
    throw refused(`The parameter ${name} is given once and with a value`);
  return value;
}

function placeFrom(text: string | undefined): TaskSearch['after'] {
  if (text === undefined) return undefined;
  const [dueAt, task] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  if (!dueAt || !task) throw refused('The parameter _after is the one of a next link');
  return { dueAt, task };
}

/** Reads a search. Raised when a parameter is unknown, repeated or has a value that cannot be (400). */
export function parseTaskSearch(query: Query): TaskSearch {
  const unknown = Object.keys(query).find(name => !accepted.has(name));
  if (unknown !== undefined) throw refused('This search parameter is not known: see /fhir/metadata');
  const statuses = single(query, 'status')
    ?.split(',')
    .map(code => {
      const own = statusOfFhir.get(code);
      if (!own) throw refused(`status is one of ${[...statusOfFhir.keys()].join(', ')}`);
      return own;
    });
  const count = single(query, '_count') ?? String(defaultCount);
  if (!/^\d{1,6}$/.test(count) || Number(count) < 1) throw refused('_count is a positive whole number');
  return {
    ownerRole: single(query, 'owner-role'),
    statuses,
    srid: single(query, 'patient')?.replace(/^Patient\//, ''),
    limit: Math.min(Number(count), largestCount),
    after: placeFrom(single(query, '_after')),
  };
}

/** A page as a FHIR searchset. `found` holds one task more than the page when there is a next one. */
export function searchBundle(
  found: readonly TaskView[],
  limit: number,
  query: Query,
): Record<string, unknown> {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const link = (after?: string): string => {
    const pairs = Object.entries(query).filter(([name]) => name !== '_after' || after === undefined);
    const params = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)]));
    if (after !== undefined) params.set('_after', after);
    return `Task?${params.toString()}`;
  };
  const next =
    found.length > limit && last
      ? [
          {
            relation: 'next',
            url: link(Buffer.from(`${last.dueAt} ${last.task}`).toString('base64url')),
          },
        ]
      : [];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: link() }, ...next],
    entry: page.map(task => ({
      fullUrl: `Task/${task.task}`,
      resource: fhirTask(task),
      search: { mode: 'match' },
    })),
  };
}
