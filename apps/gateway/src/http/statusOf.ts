import type { ReceiptAnswer } from '../receive/answers.js';

/**
 * HTTP status of an answer. The body is the acknowledgement message in every case but `withheld`.
 *
 * | answer | status | |
 * | --- | --- | --- |
 * | AA | 200 | |
 * | AE 104 | 413 | larger than the interface takes |
 * | AE | 422 | the message must change |
 * | AR 200–203 | 409 | the message is well formed, but this interface under its present contract does not take it |
 * | AR 207, withheld | 503, Retry-After | the same message may succeed later |
 */
export function statusOf(answer: ReceiptAnswer): 200 | 409 | 413 | 422 | 503 {
  if (answer.kind === 'withheld' || answer.condition === 207) return 503;
  if (answer.code === 'AA') return 200;
  if (answer.code === 'AR') return 409;
  return answer.condition === 104 ? 413 : 422;
}
