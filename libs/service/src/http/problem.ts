/** FHIR's issue types that this product answers with. */
export type IssueType =
  | 'invalid'
  | 'structure'
  | 'required'
  | 'value'
  | 'security'
  | 'login'
  | 'forbidden'
  | 'not-supported'
  | 'not-found'
  | 'deleted'
  | 'too-long'
  | 'conflict'
  | 'business-rule'
  | 'transient'
  | 'throttled'
  | 'exception'
  | 'informational';

export interface ProblemIssue {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  readonly type: IssueType;
  readonly text: string;
  readonly expression?: readonly string[];
}

/** An answer other than success, as a value that a controller throws. Nothing in it may come from a patient's data. */
export interface HttpProblem extends Error {
  readonly problem: {
    readonly status: number;
    readonly code: string;
    readonly issues: readonly ProblemIssue[];
    readonly retryAfterSeconds?: number;
  };
}

const typeOfStatus: Readonly<Record<number, IssueType>> = {
  400: 'invalid',
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-supported',
  409: 'conflict',
  410: 'deleted',
  412: 'conflict',
  413: 'too-long',
  415: 'not-supported',
  422: 'business-rule',
  429: 'throttled',
  503: 'transient',
};

export function issueTypeOf(status: number): IssueType {
  return typeOfStatus[status] ?? (status < 500 ? 'invalid' : 'exception');
}

/**
 * Builds what a controller throws for an answer other than success.
 * `text` is one sentence for the caller; `issues` replaces it when there are several findings.
 */
export function httpProblem(facts: {
  status: number;
  code: string;
  text: string;
  issues?: readonly ProblemIssue[];
  retryAfterSeconds?: number;
}): HttpProblem {
  const { status, code, text, retryAfterSeconds } = facts;
  const issues = facts.issues ?? [{ severity: 'error', type: issueTypeOf(status), text }];
  return Object.assign(new Error(text), {
    name: 'HttpProblem',
    problem: { status, code, issues, retryAfterSeconds },
  });
}

/** The same answer for what does not exist and for what belongs to another tenant. */
export function notFound(what = 'This resource'): HttpProblem {
  return httpProblem({ status: 404, code: 'ANM_NOT_FOUND', text: `${what} is not known here` });
}

export function isHttpProblem(error: unknown): error is HttpProblem {
  return error instanceof Object && 'problem' in error;
}
