export * from './decideLink.js';
export * from './evidence.js';
export * from './evidencePolicy.js';
export { neighbourhood, partition } from './partition.js';
export * from './personGraph.js';
