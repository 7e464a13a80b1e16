export type {
  AuthorityMatch,
  AuthorityRule,
  ExceptionPolicy,
  InterfaceContract,
  ResourceType,
  Transport,
} from './interface/contract.js';
export { authorityOf, type HierarchicDesignator } from './interface/authority.js';
export { interfaceInvalid, interfaceUnreadable, parseInterface } from './interface/parseInterface.js';
export type { LineageEntry, LineageSource } from './lineage/entry.js';
export type { PlanContent } from './plan/content.js';
export { sourceRecords, type SourceRecords } from './translate/sourceRecords.js';
export type {
  Finding,
  TranslateArguments,
  TranslatedHeader,
  Translation,
  TranslationFailure,
  TranslationFailureCode,
  TranslationResult,
} from './translate/result.js';
export { compilePlan } from './plan/compilePlan.js';
export type { CompiledPlan } from './plan/compiledPlan.js';
export { planContent, planHash } from './plan/planContent.js';
export { translate } from './translate/translate.js';
export { parseMaps } from './rules/loadMaps.js';
export { explainField, invert } from './lineage/query.js';
export { translatorVersion } from './plan/version.js';
