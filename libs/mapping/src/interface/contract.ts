/** The acts that a contract may word differently per exception code. */
export interface ExceptionPolicy {
  /** Role that owns the exceptions of this interface unless their cause names another. */
  readonly ownerRole: string;
  /** Exception code -> what has to be done, in the words of the people who do it. */
  readonly acts?: Readonly<Record<string, string>>;
}

export interface Transport {
  readonly kind: 'mllp' | 'http';
  /** MLLP only. */
  readonly port?: number;
  /** Frames above this are refused before they are read on. */
  readonly maxBytes: number;
  readonly idleSeconds: number;
  readonly maxConnections: number;
}

export interface Acceptance {
  /** MSH-11.1 that the listener takes; anything else is AR 202. */
  readonly processingIds: readonly string[];
  /** MSH-12.1; every version when left out. */
  readonly versions?: readonly string[];
  /** `ADT^A01`; anything else is AR 201. */
  readonly triggers: readonly string[];
}

/**
 * Which assigning authorities one entry stands for. `any` derives the canonical URI from what the sender wrote and
 * belongs only into interfaces that take messages of unknown origin.
 */
export interface AuthorityMatch {
  /** HD.1, compared exactly after trimming. */
  readonly namespace?: string;
  /** HD.2, compared exactly after trimming. */
  readonly universalId?: string;
  /** The number came without an authority. */
  readonly absent?: true;
  readonly any?: true;
}

export interface AuthorityRule {
  readonly match: AuthorityMatch;
  /** Canonical URI; absent for `any`, where it is derived. */
  readonly uri?: string;
}

export type ResourceType = 'Patient' | 'Encounter' | 'DiagnosticReport' | 'Observation' | 'Specimen';

/** Interface as code: who sends what to whom, on which terms (blueprint §2, §4–§6). One YAML file each. */
export interface InterfaceContract {
  readonly id: string;
  readonly tenant: string;
  readonly version: number;
  readonly description: string;
  readonly owner: { readonly role: string };
  /** Purpose of use for which the data may be taken. */
  readonly purpose: string;
  /** IANA zone of the sender: its times without offset are read in it. */
  readonly zone: string;
  readonly transport: Transport;
  readonly accept: Acceptance;
  readonly ack: {
    readonly mode: 'original';
    readonly means: 'received';
    /** What a sender hears while the log or the key store is away. */
    readonly onUnavailable: 'withhold' | 'reject';
  };
  /** Window of resend detection, and what becomes of a known control id with other bytes. */
  readonly dedupe: { readonly windowHours: number; readonly reuse: 'flag' | 'reject' };
  /** Where MSH-18 is empty or unknown. */
  readonly charset: string;
  /** In order of preference: the first one present gives the source record. */
  readonly authorities: readonly AuthorityRule[];
  /** Canonical URI for visit, order and specimen numbers that name no authority of their own. */
  readonly numberAuthority: string;
  /** Resource types that this interface may create and overwrite. */
  readonly authoritative: readonly ResourceType[];
  readonly facility?: string;
  readonly exceptions: ExceptionPolicy;
  readonly routes: readonly { readonly to: 'record' }[];
  /** Layers of maps, later ones override by rule id. */
  readonly maps: readonly string[];
  /** Whether an absent repeat in an update means "unchanged" or "gone". */
  readonly snapshot: 'partial' | 'snapshot';
}
