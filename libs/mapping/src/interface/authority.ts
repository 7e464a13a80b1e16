import type { AuthorityMatch, InterfaceContract } from './contract.js';

/** An HD as the sender wrote it, parts trimmed, absent parts ''. */
export interface HierarchicDesignator {
  readonly namespace: string;
  readonly universalId: string;
  readonly universalIdType: string;
}

/**
 * Canonical URI of an assigning authority by the contract, with the rank of the entry that matched (0 is preferred
 * most). Undefined when the contract does not know it: such a number gives no source record (blueprint §4).
 */
export function authorityOf(
  contract: InterfaceContract,
  hd: HierarchicDesignator,
): { readonly uri: string; readonly rank: number } | undefined {
  for (const [rank, { match, uri }] of contract.authorities.entries()) {
    if (!matches(match, hd)) continue;
    const canonical = uri ?? derivedAuthority(hd);
    if (canonical !== undefined) return { uri: canonical, rank };
  }
  return undefined;
}

function matches(match: AuthorityMatch, hd: HierarchicDesignator): boolean {
  const isAbsent = hd.namespace === '' && hd.universalId === '';
  if (match.absent) return isAbsent;
  if (isAbsent) return false;
  if (match.any) return true;
  if (match.namespace !== undefined && match.namespace !== hd.namespace) return false;
  return match.universalId === undefined || match.universalId === hd.universalId;
}

/**
 * URI that an HD carries in itself: its universal id where the kind has a URN form, else its namespace, else the
 * universal id with the kind as sent. Undefined when the HD is empty.
 */
export function derivedAuthority(hd: HierarchicDesignator): string | undefined {
  const universal = universalUri(hd);
  if (universal !== undefined) return universal;
  if (hd.namespace !== '') return `urn:anamnesis:namespace:${uriToken(hd.namespace)}`;
  if (hd.universalId === '') return undefined;
  return `urn:anamnesis:universal-id:${uriToken(hd.universalIdType || 'unknown')}:${uriToken(hd.universalId)}`;
}

/** The URI form of HD.2 for ISO object ids, UUIDs and URIs; undefined for kinds without one. */
export function universalUri({ universalId, universalIdType }: HierarchicDesignator): string | undefined {
  if (universalId === '') return undefined;
  switch (universalIdType.toUpperCase()) {
    case 'ISO':
      return /^[0-2](\.(0|[1-9]\d*))+$/.test(universalId) ? `urn:oid:${universalId}` : undefined;
    case 'UUID':
    case 'GUID':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(universalId)
        ? `urn:uuid:${universalId.toLowerCase()}`
        : undefined;
    case 'URI':
    case 'URL':
      return /^[a-z][a-z0-9+.-]*:\S+$/i.test(universalId) ? universalId : undefined;
    default:
      return undefined;
  }
}

/** A sender's own name as part of a URN: without regard to case, percent-encoded. */
export function uriToken(name: string): string {
  // A lone surrogate cannot be encoded.
  return encodeURIComponent(name.toLowerCase().replace(/\p{Surrogate}/gu, '\ufffd'));
}
