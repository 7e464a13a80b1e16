import { defineError } from '@anamnesis/contracts';

/** Raised at start when an environment variable or a file it names cannot be used. */
export const configInvalid = defineError(
  'ANM_CONFIG_INVALID',
  'stop',
  (f: { variable: string; problem: string }) => `${f.variable} ${f.problem}`,
);

/** Raised at start when a server is there but does not let this service in: waiting would not help. */
export const refusedAtStart = defineError(
  'ANM_REFUSED_AT_START',
  'stop',
  (f: { what: string; problem: string; remedy: string }) => `${f.what} ${f.problem}: ${f.remedy}`,
);

/** Raised when a request arrives before the service has what it needs, or while it stops. */
export const notReady = defineError(
  'ANM_NOT_READY',
  'retry',
  (f: { what: string }) => `${f.what} is not ready yet: try again in a moment`,
);

/** Raised when a request has no token, or one that this service does not accept. */
export const unauthenticated = defineError(
  'ANM_UNAUTHENTICATED',
  'park',
  (f: { reason: string }) => `A valid access token is needed (${f.reason})`,
);

/** Raised when the issuer's keys cannot be fetched: nothing is known about the token. */
export const issuerUnavailable = defineError(
  'ANM_ISSUER_UNAVAILABLE',
  'retry',
  (f: { issuer: string }) => `The identity provider ${f.issuer} does not answer: tokens cannot be checked`,
);

/** Raised when the caller is known and may not do this. The denial is recorded before it is raised. */
export const accessDenied = defineError(
  'ANM_ACCESS_DENIED',
  'park',
  (f: { reasons: readonly string[]; policySet: string; rule: string }) =>
    `Access denied by ${f.policySet}, rule ${f.rule} (${f.reasons.join(', ')})`,
);

/** Raised when an access could not be written to the audit log in time: nothing is answered without it. */
export const auditUnavailable = defineError(
  'ANM_AUDIT_UNAVAILABLE',
  'retry',
  (f: { reason: string }) => `The access could not be recorded (${f.reason}), so it is not answered`,
);
