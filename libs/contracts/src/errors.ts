/** What the processing library does with an error: try again, set the message aside, or give the partition up. */
export type Disposition = 'retry' | 'park' | 'stop';

/** An error of the closed, coded set. Told apart by `code`, never by `instanceof`, which breaks across realms. */
export interface CodedError extends Error {
  readonly code: string;
  readonly disposition: Disposition;
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Declares one error: its code (`ANM_…`), what to do about it, and the sentence for a person. Facts must hold no
 * patient data: they reach logs.
 */
export function defineError<F extends Record<string, unknown>>(
  code: string,
  disposition: Disposition,
  sentence: (facts: F) => string,
): (facts: F, cause?: unknown) => CodedError {
  return (facts, cause) =>
    Object.assign(new Error(sentence(facts), cause === undefined ? undefined : { cause }), {
      name: code,
      code,
      disposition,
      facts,
    });
}

export function isCodedError(error: unknown): error is CodedError {
  return error instanceof Object && 'code' in error && 'disposition' in error && 'facts' in error;
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Object && 'code' in error && error.code === code;
}
