import type { InterfaceContract } from '../interface/contract.js';
import type { CodeTableFile, DatatypeMapFile, MessageMapFile, SegmentMapFile } from '../rules/types.js';

/**
 * Everything that treats a message, as data: appended once to governance under its hash and never removed, so that
 * the same bytes can be translated again years later (blueprint §4, "The plan").
 */
export interface PlanContent {
  readonly interface: InterfaceContract;
  /** The effective maps by name: layers merged by rule id. */
  readonly maps: Readonly<Record<string, SegmentMapFile | DatatypeMapFile | MessageMapFile>>;
  readonly tables: Readonly<Record<string, CodeTableFile>>;
  /** Version of the time-zone data. */
  readonly tz: string;
  readonly translator: { readonly version: string };
}
