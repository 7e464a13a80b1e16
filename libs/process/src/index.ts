export * from './caseState.js';
export * from './decideCause.js';
export * from './decideCommand.js';
export * from './decideTimer.js';
export * from './decision.js';
export * from './definition.js';
export * from './dueTime.js';
