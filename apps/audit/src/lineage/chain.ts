import type { HopRow } from '../store/hopStore.js';

/** How many causes lie before each event, within these hops. A cycle, which only a forger can make, ends the count. */
export function causalDepth(hops: readonly HopRow[]): Map<string, number> {
  const cause = new Map(hops.map(hop => [hop.eventId, hop.causationId]));
  const depth = new Map<string, number>();
  for (const { eventId } of hops) {
    const path: string[] = [];
    let at: string | null | undefined = eventId;
    while (at && cause.has(at) && !depth.has(at) && !path.includes(at)) {
      path.push(at);
      at = cause.get(at);
    }
    let base = at ? (depth.get(at) ?? -1) : -1;
    for (const id of path.reverse()) depth.set(id, (base += 1));
  }
  return depth;
}

/** Everything that an event caused, directly or not, without itself. */
export function descendantsOf(hops: readonly HopRow[], eventId: string): HopRow[] {
  const found: HopRow[] = [];
  const seen = new Set([eventId]);
  for (let wave = [eventId]; wave.length > 0;) {
    const next = hops.filter(hop => wave.includes(hop.causationId ?? '') && !seen.has(hop.eventId));
    for (const hop of next) seen.add(hop.eventId);
    found.push(...next);
    wave = [...new Set(next.map(hop => hop.eventId))];
  }
  return found;
}

/** The event of this type among an event and its causes. */
export function causeOfType(hops: readonly HopRow[], eventId: string, type: string): HopRow | undefined {
  const byId = new Map(hops.map(hop => [hop.eventId, hop]));
  const seen = new Set<string>();
  let at = byId.get(eventId);
  while (at && at.type !== type && !seen.has(at.eventId)) {
    seen.add(at.eventId);
    at = byId.get(at.causationId ?? '');
  }
  return at?.type === type ? at : undefined;
}
