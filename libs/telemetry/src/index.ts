export * from './describeError.js';
export * from './fields.js';
export * from './logger.js';
export * from './metricCatalogue.js';
export * from './metrics.js';
export * from './traceparent.js';
