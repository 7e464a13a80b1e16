/** What somebody wants to do; the same words as in `access.recorded.v1`. */
export type AccessAction =
  'read' | 'vread' | 'history' | 'search' | 'write' | 'count' | 'reveal' | 'operate' | 'lineage';

export interface AccessActor {
  readonly sub: string;
  /** Tenant of the actor's token issuer. */
  readonly tenant: string;
  readonly roles: readonly string[];
  /** Purposes of use that the token grants. */
  readonly purposes: readonly string[];
}

export interface AccessRequest {
  /** Tenant of what is asked for. */
  readonly tenant: string;
  readonly actor: AccessActor;
  /** The purpose named for this request; a purpose is never assumed. */
  readonly purpose?: string;
  readonly action: AccessAction;
  /** A FHIR type or one of our own (`Message`, `Interface`, `Lineage`, …). */
  readonly resourceType: string;
  readonly srid?: string;
  /** Epoch of the links by which `srid` was found. */
  readonly linkEpoch?: number;
  /** Age of the consent and link data decided on, milliseconds; 0 while no consent stream is read. */
  readonly inputAgeMs?: number;
}

/** One rule of a policy set. It concerns a request when every list names what the request has. */
export interface PolicyRule {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly roles: readonly string[];
  readonly purposes: readonly string[];
  readonly actions: readonly AccessAction[];
  readonly resourceTypes: readonly string[];
}

export interface PolicySetContent {
  readonly policySet: string;
  readonly description: string;
  readonly rules: readonly PolicyRule[];
}

/** A policy set ready for decisions, under the hash of its content. */
export interface PolicySet extends PolicySetContent {
  /** SHA-256 of the canonical content with rules sorted by id: their order in a file means nothing. */
  readonly hash: string;
}

export interface AccessDecision {
  readonly outcome: 'permit' | 'deny';
  readonly policySet: string;
  readonly policySetHash: string;
  /** Id of the rule that decided, or `default-deny`. */
  readonly rule: string;
  /** Codes, sorted: why it was denied; empty for a permit. */
  readonly reasons: readonly string[];
  readonly inputAgeMs: number;
}
