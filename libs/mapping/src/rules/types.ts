/** How a rule is written in YAML; see `map.schema.json`. */
export interface RuleFile {
  /** Unique within its map; lineage and findings name it. */
  readonly id: string;
  /** `PID-5`, `PID-5.1`, `XPN.1.1`; several for functions that join. Absent: the rule writes constants. */
  readonly from?: string | readonly string[];
  /** Element path; `[+]` opens an entry of a list, `[=]` is the last one, `[0]` the first. */
  readonly to: string;
  /** Function (`DTM[date]`) or datatype map (`XPN[HumanName]`). */
  readonly via?: string;
  readonly table?: string;
  /** Condition in the syntax of the v2-to-FHIR guide. */
  readonly if?: string;
  /** Constant instead of a value from the message. */
  readonly value?: string | number | boolean;
  /** Reference to the open resource of this type instead of a value from the message. */
  readonly ref?: string;
  /** Only when no rule before has written the element: for what R4 requires. */
  readonly ifMissing?: boolean;
  /** Constants beside the value: relative to the entry that `to` opens, else to the resource. */
  readonly set?: Readonly<Record<string, string | number | boolean>>;
  /** Further rules relative to the entry that `to` opens. */
  readonly also?: readonly RuleFile[];
  /**
   * What becomes of a value that cannot be converted: `report` (default) leaves it out with a finding, `keepRaw`
   * keeps its text in an extension of the element, with a finding.
   */
  readonly onError?: 'report' | 'keepRaw';
  /** Where the value goes as text when it cannot be converted, with a finding. */
  readonly otherwise?: { readonly to: string; readonly via: string };
  /** Rows of the official guide that this rule implements. */
  readonly ig?: string | readonly string[];
}

/** A field or component that has no place in the record, and why. */
export interface IgnoreFile {
  readonly id: string;
  readonly from: string | readonly string[];
  readonly why: string;
}

interface MapHead {
  /** `PID[Patient]`, `XPN[HumanName]`, `ORU_R01`. */
  readonly map: string;
  readonly version: string;
  readonly layer: string;
}

/** From one segment to (a part of) one resource. */
export interface SegmentMapFile extends MapHead {
  readonly kind: 'segment';
  readonly segment: string;
  /** Resource type; absent for segments that only hold plumbing. */
  readonly target?: string;
  readonly rules?: readonly RuleFile[];
  readonly ignore?: readonly IgnoreFile[];
}

/** From one field or component to one FHIR datatype. */
export interface DatatypeMapFile extends MapHead {
  readonly kind: 'datatype';
  readonly datatype: string;
  readonly target: string;
  readonly rules: readonly RuleFile[];
  readonly ignore?: readonly IgnoreFile[];
}

export type IdStrategy = 'source-record' | 'visit' | 'report' | 'observation' | 'specimen';

/** What one segment does in a message: create a resource, add to an open one, or nothing. */
export interface SegmentUse {
  readonly segment: string;
  /** Group that directly holds the segment; any when left out. */
  readonly in?: string;
  readonly if?: string;
  readonly create?: string;
  readonly id?: IdStrategy;
  readonly extend?: string;
  readonly map: string;
  /** Map for interfaces that are not authoritative for the resource. */
  readonly reference?: string;
  /** Where the open resource of another type lists the one created here. */
  readonly listIn?: { readonly resource: string; readonly to: string };
}

export type EffectiveTime = 'event' | 'report';

/** From a message structure to resources. */
export interface MessageMapFile extends MapHead {
  readonly kind: 'message';
  /** `ADT^A01`. */
  readonly triggers: readonly string[];
  /** Identity class for messages that are about two source records. */
  readonly identity?: 'merge';
  readonly effective: EffectiveTime;
  /** Types that a new group of this name starts afresh. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly segments: readonly SegmentUse[];
}

/** Codes -> code, or coding with its own system and display. */
export interface CodeTableFile extends MapHead {
  readonly kind: 'table';
  readonly codes: Readonly<Record<string, string | Coding>>;
  /** For codes that are not listed: what to write; without it the value cannot be converted. */
  readonly default?: string | Coding;
  /** Code system of plain string codes. */
  readonly system?: string;
}

export interface Coding {
  readonly code: string;
  readonly system?: string;
  readonly display?: string;
}

export type MapFile = SegmentMapFile | DatatypeMapFile | MessageMapFile | CodeTableFile;
