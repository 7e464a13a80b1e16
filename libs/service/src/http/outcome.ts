import { isCodedError } from '@anamnesis/contracts';
import { isHttpProblem, issueTypeOf, type HttpProblem, type ProblemIssue } from './problem.js';

/** Status of coded errors of the libraries; a service adds its own (`statuses` of `startService`). */
export const standardStatuses: Readonly<Record<string, number>> = {
  ANM_UNAUTHENTICATED: 401,
  ANM_ACCESS_DENIED: 403,
  ANM_NOT_FOUND: 404,
  ANM_PAYLOAD_INVALID: 422,
};

const sentences: Readonly<Record<number, readonly [code: string, text: string]>> = {
  400: ['ANM_BAD_REQUEST', 'The request cannot be read: check its path, its parameters and its JSON'],
  404: ['ANM_NOT_FOUND', 'Nothing is served at this address'],
  405: ['ANM_METHOD_NOT_ALLOWED', 'This method is not served at this address'],
  413: ['ANM_BODY_TOO_LARGE', 'The body is larger than this service accepts'],
  414: ['ANM_BAD_REQUEST', 'The address is longer than this service accepts'],
  415: ['ANM_MEDIA_TYPE_UNSUPPORTED', 'This content type is not accepted here'],
};

function statusIn(error: unknown): number | undefined {
  if (!(error instanceof Object)) return undefined;
  const { statusCode, getStatus } = error as { statusCode?: unknown; getStatus?: unknown };
  const status = typeof getStatus === 'function' ? (getStatus.call(error) as unknown) : statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/**
 * Turns whatever was thrown into an answer. Our own coded errors keep their code and sentence; refusals of the HTTP
 * layer keep their status under our sentence, because theirs quote the request; undefined is a defect (500).
 */
export function problemOf(
  error: unknown,
  statuses: Readonly<Record<string, number>>,
): HttpProblem['problem'] | undefined {
  if (isHttpProblem(error)) return error.problem;
  const answer = (status: number, code: string, text: string): HttpProblem['problem'] => ({
    status,
    code,
    issues: [{ severity: 'error', type: issueTypeOf(status), text }],
    ...(status === 503 ? { retryAfterSeconds: 1 } : {}),
  });
  if (isCodedError(error)) {
    const status = statuses[error.code] ?? standardStatuses[error.code];
    if (status !== undefined) return answer(status, error.code, error.message);
    return error.disposition === 'retry' ? answer(503, error.code, error.message) : undefined;
  }
  const status = statusIn(error);
  if (status === undefined) return undefined;
  const [code, text] = sentences[status] ?? ['ANM_BAD_REQUEST', 'The request was refused'];
  return answer(status, code, text);
}

export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome';
  /** Reference of the request, to be named when asking for help. */
  readonly id: string;
  readonly issue: readonly object[];
}

export function operationOutcome(
  reference: string,
  code: string,
  issues: readonly ProblemIssue[],
): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    id: reference,
    issue: issues.map(issue => ({
      severity: issue.severity,
      code: issue.type,
      details: { coding: [{ system: 'urn:anamnesis:error', code }], text: issue.text },
      ...(issue.expression ? { expression: issue.expression } : {}),
    })),
  };
}
