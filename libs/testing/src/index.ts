export { testBroker, type TestBroker, type TestTopic } from './testBroker.js';
export { startTestServers, testServerVariables, type TestServers } from './testServers.js';
export { testPostgres, type TestDatabase } from './testPostgres.js';
