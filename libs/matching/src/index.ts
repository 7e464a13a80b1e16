export * from './decideLink.js';
export * from './evidence.js';
export * from './evidencePolicy.js';
export * from './personGraph.js';
