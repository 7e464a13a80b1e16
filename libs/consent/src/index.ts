export * from './decideAccess.js';
export * from './policySet.js';
export * from './types.js';
