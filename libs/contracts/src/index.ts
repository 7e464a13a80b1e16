export * from './cloudEvent.js';
export * from './derivedId.js';
export * from './errors.js';
export * from './generated/events.js';
export { eventSchemas } from './generated/schemas.js';
export * from './payload.js';
export * from './position.js';
export * from './topics.js';
