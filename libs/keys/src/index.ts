export * from './errors.js';
export * from './keyring.js';
export * from './keyStore.js';
export * from './seal.js';
