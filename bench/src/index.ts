export { runChain, type ChainOptions, type ChainResult } from './chain.js';
export type { Percentiles } from './percentiles.js';
