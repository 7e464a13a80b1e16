import { join } from 'node:path';
import type { Secrets } from '@anamnesis/embedded';
import { publishGovernance } from '../governance/publish.js';
import { ensureBroker, locateBroker, type BrokerServer } from './brokerServer.js';
import { prepareDatabases } from './databases.js';
import { brokerConnection, type Servers } from './environment.js';
import type { Home } from './home.js';
import { ensureServices, requireBuilt } from './launch.js';
import { ensurePostgres, locatePostgres } from './postgresServer.js';
import type { Progress } from './progress.js';
import { secretsOf } from './secretsOf.js';
import { services, simulator, tenants } from './services.js';
import { prepareTopics, topicFactsPublished } from './topics.js';

export interface StartOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Undefined: with our own broker yes, with a foreign one no. */
  readonly simulator: boolean | undefined;
}

export interface Started {
  readonly servers: Servers;
  /** Names of what was started now. */
  readonly services: readonly string[];
  readonly ownBroker: boolean;
}

/**
 * Brings the stack up: what runs is left alone, what is dead or was never started is started. Servers and their
 * contents are prepared side by side; services start together once governance says which topics and plans exist.
 */
export async function startStack(home: Home, progress: Progress, options: StartOptions): Promise<Started> {
  const secrets = await progress.step('secrets', () => secretsOf(home));
  const broker = locateBroker(home, secrets, options.env);
  const postgres = locatePostgres(home, secrets, options.env);
  const withSimulator = options.simulator ?? broker.ours;
  const wanted = services.filter(service => withSimulator || service.name !== simulator);
  requireBuilt(wanted);
  progress.say('Starting the broker and Postgres …');
  await inParallel(
    [
      () => prepareBroker(home, broker, secrets, progress),
      () => preparePostgres(home, postgres, secrets, progress),
    ],
    progress.say,
  );
  progress.say('Starting the services …');
  const servers: Servers = {
    brokers: broker.admin.brokers.join(','),
    prefix: broker.admin.prefix,
    postgresAdminUrl: postgres.adminUrl,
  };
  const profile = { ANAMNESIS_PROFILE: broker.ours ? 'embedded' : 'production', ...options.env };
  const stack = { home, servers, secrets, env: profile };
  const [senders, others] = [wanted.filter(isSimulator), wanted.filter(service => !isSimulator(service))];
  const started = await progress.step('services', () => ensureServices(stack, others));
  const sending = await progress.step('simulator', () => ensureServices(stack, senders));
  return { servers, services: [...started, ...sending], ownBroker: broker.ours };
}

const isSimulator = (service: { name: string }) => service.name === simulator;

async function prepareBroker(home: Home, broker: BrokerServer, secrets: Secrets, progress: Progress) {
  const sentences = await progress.step('broker', () => ensureBroker(home, broker, secrets));
  for (const sentence of sentences) progress.say(sentence);
  const created = await progress.step('topics', () => prepareTopics(home, broker.admin));
  await progress.step('governance', () =>
    publishGovernance({
      connection: brokerConnection(
        { brokers: broker.admin.brokers.join(','), prefix: broker.admin.prefix, postgresAdminUrl: '' },
        secrets,
        'cli',
      ),
      createdTopics: created,
      interfacesFolder: join(home.root, 'interfaces'),
      shards: Object.fromEntries(tenants.map(({ name, shard }) => [name, shard])),
      clock: () => new Date(),
    }),
  );
  await topicFactsPublished(home);
}

async function preparePostgres(
  home: Home,
  server: ReturnType<typeof locatePostgres>,
  secrets: Secrets,
  progress: Progress,
) {
  if (server.ours) await progress.step('postgres', () => ensurePostgres(home, secrets));
  await progress.step('databases', () => prepareDatabases(server.adminUrl, secrets));
}

/** Waits for all, so that nothing goes on behind a failure. Raised then: the first in time; others are told. */
async function inParallel(
  works: readonly (() => Promise<void>)[],
  say: (line: string) => void,
): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(works.map(work => work().catch((error: unknown) => failures.push(error))));
  for (const other of failures.slice(1)) say(other instanceof Error ? other.message : String(other));
  if (failures.length > 0) throw failures[0];
}
