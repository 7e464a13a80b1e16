import type { Session } from '@anamnesis/client';
import { expectOk } from '../messages/outcome.js';

/** A FHIR resource as far as shows look at it. */
export interface ShownResource {
  readonly resourceType: string;
  readonly id: string;
  readonly meta: { readonly versionId: string; readonly source?: string };
  readonly status?: string;
  readonly [element: string]: unknown;
}

interface Bundle {
  readonly entry?: readonly { readonly resource: ShownResource }[];
}

/** Reads the FHIR APIs from outside, as one user. */
export interface RecordReader {
  /** Raised when there are more than fit on one page of 200: a show asks for few. */
  search(type: string, parameters: Readonly<Record<string, string>>): Promise<ShownResource[]>;
  /** Oldest first; none when the resource is not there. */
  history(type: string, id: string): Promise<ShownResource[]>;
}

const page = 200;
const resourcesOf = (bundle: Bundle): ShownResource[] => (bundle.entry ?? []).map(({ resource }) => resource);

export function createRecordReader(session: Session): RecordReader {
  return {
    async search(type, parameters) {
      const service = type === 'Task' ? 'workflow' : 'records';
      const path = `/fhir/${type}?${new URLSearchParams({ ...parameters, _count: String(page) })}`;
      const found = resourcesOf(expectOk<Bundle>(await session.call(service, path), service, path));
      if (found.length >= page) throw new Error(`A show found ${page} resources or more under ${path}`);
      return found;
    },
    async history(type, id) {
      const path = `/fhir/${type}/${id}/_history`;
      const answer = await session.call('records', path);
      if (answer.status === 404) return [];
      return resourcesOf(expectOk<Bundle>(answer, 'records', path)).reverse();
    },
  };
}
