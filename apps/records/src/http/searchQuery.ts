import { httpProblem } from '@anamnesis/service';
import { tokenHash, tokenText } from '../store/tokens.js';
import { fhirTypes, type SearchParameter } from './fhirTypes.js';

/** A search as the store understands it. Groups are joined by AND, what is in a group by OR. */
export interface SearchQuery {
  readonly type: string;
  readonly ids: readonly (readonly string[])[];
  /** Patients asked for; the store adds the records that were merged into them. */
  readonly patients: readonly (readonly string[])[];
  /** Token hashes as decimal text. */
  readonly tokens: readonly (readonly string[])[];
  readonly count: number;
  readonly page: string | undefined;
  /** What was applied, for the links of the answer. */
  readonly applied: readonly (readonly [name: string, value: string])[];
}

const defaultCount = 20;
const maxCount = 500;
const maxAlternatives = 100;

const refused = (text: string): Error => httpProblem({ status: 400, code: 'ANM_SEARCH_INVALID', text });

/** Values of an OR list; a comma in a value is written `\,`. */
function alternatives(name: string, value: string): string[] {
  const found = value.split(/(?<!\\),/).map(one => one.replace(/\\([,|$\\])/g, '$1'));
  if (found.some(one => one === '')) throw refused(`Search parameter ${name} has an empty value`);
  if (found.length > maxAlternatives)
    throw refused(`Search parameter ${name} has more than ${maxAlternatives} values`);
  return found;
}

function tokenOf(tenant: string, type: string, name: string, value: string): string {
  const bar = value.indexOf('|');
  const code = bar < 0 ? value : value.slice(bar + 1);
  if (code === '') throw refused(`Search parameter ${name} needs a code: system| alone is not supported`);
  return tokenHash(tokenText(tenant, type, name, code, bar < 0 ? undefined : value.slice(0, bar)));
}

function patientOf(value: string): string {
  const id = /^(?:Patient\/)?([A-Za-z0-9.-]{1,64})$/.exec(value)?.[1];
  if (id === undefined) throw refused('Search parameter patient is an id or Patient/id');
  return id;
}

function countOf(value: string): number {
  const count = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(count)) throw refused('_count is a whole number');
  return Math.min(count, maxCount);
}

/**
 * Reads the parameters of a search.
 * Raised when one is unknown, modified, empty or unsupported: 400, the parameter named, its value never.
 */
export function parseSearch(
  tenant: string,
  type: string,
  parameters: readonly (readonly [string, string])[],
): SearchQuery {
  const allowed = fhirTypes[type]?.parameters ?? [];
  const ids: string[][] = [];
  const patients: string[][] = [];
  const tokens: string[][] = [];
  const applied: [string, string][] = [];
  let count = defaultCount;
  let page: string | undefined;
  for (const [name, value] of parameters) {
    if (name === '_page') {
      page = value;
      continue;
    }
    if (name === '_count') {
      count = countOf(value);
      continue;
    }
    if (!allowed.includes(name as SearchParameter))
      throw refused(
        `Search parameter ${/^[A-Za-z_:.-]{1,40}$/.test(name) ? name : '(unreadable)'} is not supported for ${type}: use ${allowed.join(', ')}`,
      );
    const values = alternatives(name, value);
    if (name === '_id') ids.push(values);
    else if (name === 'patient') patients.push(values.map(patientOf));
    else tokens.push(values.map(one => tokenOf(tenant, type, name, one)));
    applied.push([name, value]);
  }
  return { type, ids, patients, tokens, count, page, applied };
}
