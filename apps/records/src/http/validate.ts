import { validateResource } from '@anamnesis/fhir';
import { httpProblem, type ProblemIssue } from '@anamnesis/service';
import { contentOf } from '../decide/content.js';
import type { Resource } from '../decide/types.js';

const issueTypes: Readonly<Record<string, ProblemIssue['type']>> = {
  structure: 'structure',
  required: 'required',
  value: 'value',
  'code-invalid': 'value',
  'not-supported': 'not-supported',
};

/** What a client sent as id and server's meta is left out; an update keeps the id of its address. */
function withoutServerElements(resource: Resource, id: string | undefined): Record<string, unknown> {
  const content: Record<string, unknown> = { ...contentOf(resource) };
  delete content['id'];
  return id === undefined ? content : { ...content, id };
}

/**
 * The resource of a write, checked against base R4, without what only the server sets.
 * Raised when it is no resource of this type, its id is not the address's, or an element is wrong: 400.
 */
export function resourceOfBody(body: unknown, type: string, id?: string): Record<string, unknown> {
  const bad = (text: string): Error => httpProblem({ status: 400, code: 'ANM_RESOURCE_INVALID', text });
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw bad('The body is a FHIR resource in JSON');
  const resource = body as Resource;
  if (resource['resourceType'] !== type) throw bad(`The body's resourceType is not ${type}`);
  if (id !== undefined && resource['id'] !== id) throw bad("The body's id is not the id of the address");
  const issues = validateResource(resource);
  if (issues.length > 0)
    throw httpProblem({
      status: 400,
      code: 'ANM_RESOURCE_INVALID',
      text: 'The resource does not meet FHIR R4',
      issues: issues.map(({ code, path, text }) => ({
        severity: 'error',
        type: issueTypes[code] ?? 'invalid',
        text,
        expression: [path],
      })),
    });
  return withoutServerElements(resource, id);
}
