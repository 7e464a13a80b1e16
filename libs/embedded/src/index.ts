export { brokerClient, inCell, type BrokerConnection } from './brokerClient.js';
export { brokerAdmin, startBroker, stopBroker, type BrokerOptions, type RunningBroker } from './broker.js';
export { createBrokerArchive } from './brokerArchive.js';
export { setBrokerUser, type BrokerUser } from './brokerUsers.js';
export * from './errors.js';
export { brokerClasspath, brokerLibs, requireJava } from './java.js';
export { freePorts, isPortFree, requirePort } from './ports.js';
export {
  postgresUrl,
  startPostgres,
  stopPostgres,
  waitForPostgres,
  type PostgresOptions,
  type RunningPostgres,
} from './postgres.js';
export { isRunning, markOf, type ProcessMark } from './processMark.js';
export { spawnLogged, tailOf, type Lifetime, type LoggedCommand, type Spawned } from './spawnLogged.js';
export { politely, signalProcess, stopProcess, type StopStep } from './stopProcess.js';
export { accepts, waitForBroker } from './waitForBroker.js';
export { provisionAcls, type TopicGrant, type TopicOperation, type UserGrants } from './provisionAcls.js';
export { provisionTopics, type NewTopic, type TopicProvisioning, type TopicSpec } from './provisionTopics.js';
export { wakeCoordinator } from './wakeCoordinator.js';
export { type DevelopmentUser } from './developmentUsers.js';
export { provisionDatabases, type DatabaseSpec, type RoleSpec } from './provisionDatabases.js';
export { loadOrCreateSecrets, type Secrets, type SecretsSpec } from './secretFiles.js';
export { removePostgres } from './postgresFiles.js';
