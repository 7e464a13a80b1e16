import type { StoredResource } from './types.js';

/** When a statement was made and how final it is. */
export interface Statement {
  /** Epoch milliseconds; undefined when the sender gave no time. */
  readonly effective?: number;
  readonly rank?: number;
}

/** Epoch milliseconds of an RFC 3339 instant; undefined for none or for text that is no instant. */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/**
 * Why a statement must not overwrite what is stored: an older effective time, or a lower status (blueprint §6).
 * Undefined when it may. Equal times may: the order of receipt decides.
 */
export function heldBack(
  stored: StoredResource,
  incoming: Statement,
): 'older-than-current' | 'lower-status' | undefined {
  if (
    stored.effective !== undefined &&
    incoming.effective !== undefined &&
    incoming.effective < stored.effective
  )
    return 'older-than-current';
  if (stored.rank !== undefined && incoming.rank !== undefined && incoming.rank < stored.rank)
    return 'lower-status';
  return undefined;
}

/** The statement that is stored after an overwrite: a missing time or status never erases a known one. */
export function later(stored: StoredResource | undefined, incoming: Statement): Statement {
  return { effective: incoming.effective ?? stored?.effective, rank: incoming.rank ?? stored?.rank };
}

/** A statement as a decided result carries it, so that folding decisions alone restores the guard. */
export interface CarriedStatement {
  readonly effectiveTime?: string;
  readonly statusRank?: number;
}

export function carried({ effective, rank }: Statement): CarriedStatement {
  return {
    ...(effective === undefined ? {} : { effectiveTime: new Date(effective).toISOString() }),
    ...(rank === undefined ? {} : { statusRank: rank }),
  };
}

export function statementOf({ effectiveTime, statusRank }: CarriedStatement): Statement {
  return { effective: instantOf(effectiveTime), rank: statusRank };
}
