import { defineError } from '@anamnesis/contracts';

/** Raised when a map file does not have the form of `map.schema.json`. */
export const mapInvalid = defineError(
  'ANM_MAP_INVALID',
  'stop',
  (f: { map: string; path: string; problem: string }) =>
    `Map ${f.map}: ${f.path || 'the file'} ${f.problem}.`,
);

/** Raised when a rule cannot be compiled: a path that R4 does not have, an unknown function, a bad condition. */
export const ruleInvalid = defineError(
  'ANM_RULE_INVALID',
  'stop',
  (f: { map: string; rule: string; problem: string }) => `Map ${f.map}, rule ${f.rule}: ${f.problem}.`,
);

/** Raised when a plan names a map, table or translator version that is not there. */
export const planInvalid = defineError(
  'ANM_PLAN_INVALID',
  'stop',
  (f: { interface: string; problem: string }) => `Plan of interface ${f.interface}: ${f.problem}.`,
);
