import type { HopRow } from '../store/hopStore.js';
import type { ExceptionRow } from '../store/outcomeStore.js';
import { descendantsOf } from './chain.js';
import type { MessageState } from './types.js';

export const receivedType = 'message.received.v1';
export const decidedType = 'records.decided.v1';

/** One received part and what became of it. `incomplete`: the record waits for the other parts. */
export interface PartOutcome {
  readonly eventId: string;
  readonly part: number;
  readonly of: number;
  readonly state: MessageState | 'incomplete';
}

const ofOutcome: Readonly<Record<string, PartOutcome['state']>> = {
  accepted: 'recorded',
  unchanged: 'recorded',
  incomplete: 'incomplete',
  rejected: 'exception',
};

/** `n/of` as the gateway writes it into the header. */
function partNumbers(fact: string | undefined): { part: number; of: number } {
  const [part, of] = (fact ?? '1/1').split('/').map(Number);
  return { part: part || 1, of: of || 1 };
}

/** The newest decision counts (a replay decides again); without one, whether anything was raised. */
function stateOf(caused: readonly HopRow[], raised: readonly ExceptionRow[]): PartOutcome['state'] {
  const decision = caused
    .filter(hop => hop.type === decidedType)
    .reduce<HopRow | undefined>(
      (newest, hop) => (newest && newest.time > hop.time ? newest : hop),
      undefined,
    );
  return ofOutcome[decision?.facts['outcome'] ?? ''] ?? (raised.length > 0 ? 'exception' : 'pending');
}

/** The parts of a message that were received, by part number. An exception belongs to the part that it came from. */
export function partOutcomes(hops: readonly HopRow[], exceptions: readonly ExceptionRow[]): PartOutcome[] {
  const parts = new Map(hops.filter(hop => hop.type === receivedType).map(hop => [hop.eventId, hop]));
  return [...parts.values()]
    .map(hop => {
      const caused = descendantsOf(hops, hop.eventId);
      const ids = new Set([hop.eventId, ...caused.map(({ eventId }) => eventId)]);
      const raised = exceptions.filter(
        row => parts.size === 1 || row.itemId === hop.eventId || ids.has(row.causationId ?? ''),
      );
      return {
        eventId: hop.eventId,
        ...partNumbers(hop.facts['part']),
        state: stateOf(caused, raised),
      };
    })
    .sort((a, b) => a.part - b.part);
}

/**
 * State of a whole message. The record acts on a merge once, at its last part: earlier parts stay `incomplete` and
 * count as done when another part was decided. A part that never came keeps the message pending, until an exception
 * says so.
 */
export function messageState(
  parts: readonly PartOutcome[],
  exceptions: readonly ExceptionRow[],
): MessageState {
  if (parts.length === 0 && exceptions.some(({ category }) => category === 'refused')) return 'refused';
  const states = parts.map(({ state }) => state);
  const complete = parts.length > 0 && parts.length >= Math.max(...parts.map(({ of }) => of));
  const decided = states.every(state => state === 'recorded' || state === 'incomplete');
  if (complete && decided && states.includes('recorded')) return 'recorded';
  return states.includes('exception') || (decided && exceptions.length > 0) ? 'exception' : 'pending';
}
