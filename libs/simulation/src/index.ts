export * from './hospital.js';
export * from './messages.js';
export * from './mllpClient.js';
export * from './openLoop.js';
export * from './population.js';
export * from './random.js';
