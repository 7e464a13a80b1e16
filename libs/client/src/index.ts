export * from './endpoints.js';
export * from './session.js';
