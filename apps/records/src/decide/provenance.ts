import { derivedId } from '@anamnesis/contracts';
import { bodyHashOf, withServerMeta } from './content.js';
import type { DecidedResult, DecisionContext, Resource } from './types.js';

/** Who or what caused the versions of one decision. */
export interface Origin {
  /** `meta.source` of the Provenance. */
  readonly source: string;
  readonly agent: { readonly system: string; readonly value: string };
  /** Event id of the message, or of the request. */
  readonly event: string;
  readonly subject: string;
  /** Epoch milliseconds: when the sender says that it happened. */
  readonly occurred?: number;
}

export const wroteVersion = (result: DecidedResult): boolean => result.body !== undefined;

/**
 * The Provenance of one decision: version-specific targets, the agent, and the message's event as entity.
 * Undefined when no version was written.
 */
export function provenanceOf(
  results: readonly DecidedResult[],
  origin: Origin,
  context: DecisionContext,
): DecidedResult | undefined {
  const written = results.filter(wroteVersion);
  if (written.length === 0) return undefined;
  const id = derivedId(context.idKey, 'resource', ['Provenance', context.intentId]);
  const content: Resource = {
    resourceType: 'Provenance',
    id,
    target: written.map(r => ({ reference: `${r.type}/${r.id}/_history/${r.version}` })),
    ...(origin.occurred === undefined ? {} : { occurredDateTime: new Date(origin.occurred).toISOString() }),
    recorded: new Date(context.time).toISOString(),
    agent: [{ who: { identifier: origin.agent } }],
    entity: [
      {
        role: 'source',
        what: { identifier: { system: 'urn:anamnesis:event', value: origin.event } },
      },
    ],
  };
  return {
    type: 'Provenance',
    id,
    version: 1,
    action: 'created',
    subject: origin.subject,
    bodyHash: bodyHashOf(context.idKey, content),
    body: withServerMeta(content, { version: 1, time: context.time, source: origin.source }) as Record<
      string,
      unknown
    >,
  };
}
