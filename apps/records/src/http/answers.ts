import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StoredVersion } from '../store/reads.js';

const fhirJson = 'application/fhir+json; charset=utf-8';

/** Written by the server before any element of a sender, so the first match is the server's. */
function lastUpdatedOf(body: string): string {
  return /"lastUpdated":"([^"]+)"/.exec(body)?.[1] ?? '';
}

/** Address of the FHIR API as the client sees it. */
export function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}/fhir`;
}

/** Headers of one version; the body goes out as it is stored. */
export function sendVersion(reply: FastifyReply, stored: StoredVersion, status = 200, withBody = true): void {
  reply
    .status(status)
    .header('content-type', fhirJson)
    .header('etag', `W/"${stored.version}"`)
    .header('last-modified', new Date(lastUpdatedOf(stored.body)).toUTCString())
    .send(withBody ? stored.body : undefined);
}

/** A Bundle whose resources are stored text: they are joined, never parsed. */
export function bundleText(
  type: 'searchset' | 'history',
  links: { readonly self: string; readonly next?: string },
  entries: readonly string[],
): string {
  const link = Object.entries(links).map(([relation, url]) => ({ relation, url }));
  return `{"resourceType":"Bundle","type":"${type}","link":${JSON.stringify(link)}${
    entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`
  }}`;
}

export function searchEntry(base: string, { type, id, body }: StoredVersion): string {
  return `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},"resource":${body},"search":{"mode":"match"}}`;
}

export function historyEntry(base: string, { type, id, version, body }: StoredVersion): string {
  const fullUrl = JSON.stringify(`${base}/${type}/${id}`);
  const request = JSON.stringify(
    version === 1 ? { method: 'POST', url: type } : { method: 'PUT', url: `${type}/${id}` },
  );
  const response = JSON.stringify({
    status: version === 1 ? '201' : '200',
    etag: `W/"${version}"`,
    lastModified: lastUpdatedOf(body),
  });
  return `{"fullUrl":${fullUrl},"resource":${body},"request":${request},"response":${response}}`;
}

export function sendJson(reply: FastifyReply, text: string): void {
  reply.header('content-type', fhirJson).send(text);
}
