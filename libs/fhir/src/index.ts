export {
  outcome,
  outcomeOf,
  statusOf,
  type OperationOutcome,
  type OutcomeIssue,
  type Severity,
} from './outcome.js';
export { isCalendarDay, isPrimitiveValue } from './primitives.js';
export { references, searchTokens, type ResourceReference, type Token } from './search.js';
export { isPrimitive, resourceTypes, structureOf, type Element, type TypeStructure } from './structure.js';
export { outcomeIssues, validateResource, type Issue } from './validate.js';
