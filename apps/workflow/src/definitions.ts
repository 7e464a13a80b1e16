import { parseDefinition, type ProcessDefinition } from '@anamnesis/process';
import exception from './definitions/exception.v1.json' with { type: 'json' };
import verifyDemographics from './definitions/verify-demographics.v1.json' with { type: 'json' };

/** Every definition that ever ran; a running case keeps its own by hash, so none is removed. */
export interface Definitions {
  /** Those that a cause may open a case of: the newest version of each. */
  triggeredBy(cause: string): readonly ProcessDefinition[];
  byHash(hash: string): ProcessDefinition | undefined;
}

export function createDefinitions(all: readonly ProcessDefinition[]): Definitions {
  const newest = all.filter(
    one => !all.some(other => other.name === one.name && other.version > one.version),
  );
  const hashes = new Map(all.map(one => [one.hash, one]));
  return {
    triggeredBy: cause => newest.filter(one => one.trigger.cause === cause),
    byHash: hash => hashes.get(hash),
  };
}

export const definitions = createDefinitions([exception, verifyDemographics].map(parseDefinition));
