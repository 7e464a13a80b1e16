import { contentHash } from '@anamnesis/contracts';
import type { Resource } from './types.js';

/** Meta elements that the server writes; they are no part of what a resource says. */
const serverMeta = new Set(['versionId', 'lastUpdated', 'source']);

/** Text without quotes, backslashes, control characters and surrogates is its own JSON. */
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** Names of an object in order; insertion sort, because there are few and it is called for every object. */
function sortedNames(object: object): string[] {
  const names = Object.keys(object);
  for (let i = 1; i < names.length; i += 1) {
    const name = names[i] as string;
    let at = i;
    for (; at > 0 && (names[at - 1] as string) > name; at -= 1) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
}

function canonical(value: unknown): string {
  if (typeof value === 'string') return plain.test(value) ? `"${value}"` : JSON.stringify(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  let out = '';
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) out += (i === 0 ? '' : ',') + canonical(value[i]);
    return `[${out}]`;
  }
  const object = value as Record<string, unknown>;
  for (const name of sortedNames(object)) {
    const member = object[name];
    if (member !== undefined) out += `${out === '' ? '' : ','}${canonical(name)}:${canonical(member)}`;
  }
  return `{${out}}`;
}

function without(object: object, names: ReadonlySet<string>): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) if (!names.has(name)) rest[name] = value;
  return rest;
}

const meta = new Set(['meta']);

/** The resource without the server's meta elements; without `meta` when nothing else is in it. */
export function contentOf(resource: Resource): Resource {
  const sent = resource['meta'];
  if (sent === null || typeof sent !== 'object') return resource;
  const own = without(sent, serverMeta);
  return Object.keys(own).length === 0 ? without(resource, meta) : { ...resource, meta: own };
}

/** Text with members in the order of their names, so that equal content has one text. */
export function canonicalText(value: unknown): string {
  return canonical(value);
}

/** Keyed hash of what a resource says; equal hashes make no new version. */
export function bodyHashOf(idKey: Uint8Array, resource: Resource): string {
  return contentHash(idKey, canonical(contentOf(resource)));
}

/** The stored form: content with the server's meta elements written in. */
export function withServerMeta(
  resource: Resource,
  server: { version: number; time: number; source: string },
): Resource {
  const { resourceType, id, meta: sent, ...rest } = contentOf(resource);
  return {
    resourceType,
    id,
    meta: {
      ...(sent as object | undefined),
      versionId: String(server.version),
      lastUpdated: new Date(server.time).toISOString(),
      source: server.source,
    },
    ...rest,
  };
}

const interfaceSource = 'urn:anamnesis:interface:';
export const apiSource = 'urn:anamnesis:api';

export const sourceOfInterface = (id: string): string => interfaceSource + id;

/** The interface whose feed wrote a stored resource last; undefined when an API client did. */
export function feedOf(body: Resource | undefined): string | undefined {
  const source = (body?.['meta'] as { source?: string } | undefined)?.source;
  return source?.startsWith(interfaceSource) ? source.slice(interfaceSource.length) : undefined;
}
