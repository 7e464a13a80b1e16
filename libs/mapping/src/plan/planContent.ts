import { publicHash } from '@anamnesis/contracts';
import canonicalize from 'canonicalize';
import { planInvalid } from '../compile/errors.js';
import type { InterfaceContract } from '../interface/contract.js';
import { standardFiles } from '../rules/loadMaps.js';
import type { MapFile } from '../rules/types.js';
import type { PlanContent } from './content.js';
import { translatorVersion } from './version.js';

/**
 * Everything that will treat the messages of an interface: its contract, the effective maps and tables of its
 * layers, the time-zone data and the translator.
 * Raised when the contract names a layer without maps: `ANM_PLAN_INVALID`.
 */
export function planContent(
  contract: InterfaceContract,
  files: readonly MapFile[] = standardFiles(),
  tz: string = process.versions.tz ?? 'unknown',
): PlanContent {
  const maps: Record<string, PlanContent['maps'][string]> = {};
  const tables: Record<string, PlanContent['tables'][string]> = {};
  for (const layer of contract.maps) {
    const layered = files.filter(file => file.layer === layer);
    if (layered.length === 0)
      throw planInvalid({ interface: contract.id, problem: `there are no maps of layer ${layer}` });
    for (const file of layered) {
      if (file.kind === 'table') tables[file.map] = file;
      else maps[file.map] = overlay(maps[file.map], file);
    }
  }
  return { interface: contract, maps, tables, tz, translator: { version: translatorVersion } };
}

type RuleMap = PlanContent['maps'][string];

/** A later layer replaces rules of the same id and adds the others; a message map is replaced whole. */
function overlay(below: RuleMap | undefined, above: RuleMap): RuleMap {
  if (below === undefined || below.kind !== above.kind) return above;
  if (above.kind === 'message' || below.kind === 'message') return above;
  const merge = <T extends { id: string }>(old: readonly T[] = [], fresh: readonly T[] = []): T[] => {
    const byId = new Map(fresh.map(one => [one.id, one]));
    return [
      ...old.map(one => byId.get(one.id) ?? one),
      ...fresh.filter(one => !old.some(o => o.id === one.id)),
    ];
  };
  return {
    ...above,
    rules: merge(below.rules, above.rules),
    ignore: merge(below.ignore, above.ignore),
  } as RuleMap;
}

/** Hash of a plan's canonical form (RFC 8785): the same content always has the same hash. */
export function planHash(content: PlanContent): string {
  return publicHash(canonicalize(content) ?? '');
}
