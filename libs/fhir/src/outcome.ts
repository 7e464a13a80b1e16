export type Severity = 'fatal' | 'error' | 'warning' | 'information';

export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome';
  readonly issue: readonly OutcomeIssue[];
}

export interface OutcomeIssue {
  readonly severity: Severity;
  /** From the value set issue-type. */
  readonly code: string;
  readonly diagnostics?: string;
  readonly expression?: readonly string[];
}

/** One issue as an outcome. The text is for a person and holds no patient data. */
export function outcome(
  code: string,
  severity: Severity,
  text: string,
  expression?: readonly string[],
): OperationOutcome {
  return outcomeOf([
    { severity, code, diagnostics: text, ...(expression === undefined ? {} : { expression }) },
  ]);
}

/** Several issues as one outcome; none at all is the outcome "all went well". */
export function outcomeOf(issues: readonly OutcomeIssue[]): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.length > 0 ? issues : [{ severity: 'information', code: 'informational' }],
  };
}

const statuses: Readonly<Record<string, number>> = {
  informational: 200,
  created: 201,
  invalid: 400,
  structure: 400,
  required: 400,
  value: 400,
  'code-invalid': 400,
  'not-supported': 400,
  security: 401,
  login: 401,
  unknown: 401,
  forbidden: 403,
  suppressed: 403,
  'not-found': 404,
  deleted: 410,
  conflict: 409,
  duplicate: 409,
  'lock-error': 412,
  'multiple-matches': 412,
  'too-long': 413,
  invariant: 422,
  processing: 422,
  'business-rule': 422,
  throttled: 429,
  exception: 500,
  transient: 503,
  'no-store': 503,
  timeout: 503,
  incomplete: 503,
};

/** HTTP status of an outcome: that of its first error, 200 when nothing went wrong. Derived, never set by hand. */
export function statusOf(result: OperationOutcome): number {
  const worst = result.issue.find(issue => issue.severity === 'error' || issue.severity === 'fatal');
  if (worst === undefined) return statuses[result.issue[0]?.code ?? ''] === 201 ? 201 : 200;
  const status = statuses[worst.code] ?? 500;
  return status < 400 ? 500 : status;
}
