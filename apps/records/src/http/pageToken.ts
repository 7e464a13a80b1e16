import { hkdfSync } from 'node:crypto';
import { publicHash } from '@anamnesis/contracts';
import { open, seal, type RandomBytes } from '@anamnesis/keys';
import { httpProblem } from '@anamnesis/service';

/** Where the next page begins: after this position, newest first. */
export interface PagePosition {
  readonly born: number;
  readonly id: string;
}

/**
 * Page tokens are sealed, because positions are nobody's business outside, and bound to tenant and query, so that a
 * token of one search cannot be used with another.
 */
export interface PageTokens {
  write(position: PagePosition, query: string): string;
  /** Raised when the token is not ours, or another search's: 400. */
  read(token: string, query: string): PagePosition;
}

export function createPageTokens(tenant: string, idKey: Uint8Array, random: RandomBytes): PageTokens {
  const key = Buffer.from(hkdfSync('sha256', idKey, '', 'anamnesis records page', 32));
  const context = (query: string) => ({
    tenant,
    topic: 'page',
    type: 'page',
    eventId: publicHash(query),
    keyId: 'page',
  });
  return {
    write: ({ born, id }, query) =>
      seal(Buffer.from(JSON.stringify([born, id])), key, context(query), random).toString('base64url'),
    read(token, query) {
      try {
        const text = open(Buffer.from(token, 'base64url'), key, context(query)).toString('utf8');
        const [born, id] = JSON.parse(text) as [number, string];
        return { born, id };
      } catch (error) {
        throw Object.assign(
          httpProblem({
            status: 400,
            code: 'ANM_PAGE_UNKNOWN',
            text: 'This page token is not of this search: start the search again',
          }),
          { cause: error },
        );
      }
    },
  };
}
