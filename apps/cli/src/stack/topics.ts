import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessOf, brokerUsers, topicCatalogue } from '@anamnesis/contracts';
import {
  brokerClient,
  provisionAcls,
  provisionTopics,
  wakeCoordinator,
  type BrokerConnection,
  type NewTopic,
} from '@anamnesis/embedded';
import { brokerUserOf } from './environment.js';
import type { Home } from './home.js';

/**
 * Creates ACLs and topics out of the contracts. Answers the topics whose `topic.created` fact is still owed:
 * those made now, and those of a start that broke off before it could say so.
 */
export async function prepareTopics(home: Home, admin: BrokerConnection): Promise<NewTopic[]> {
  // ACLs first: a broker that is making the logs of new topics takes over nothing else for seconds.
  await provisionAcls(
    admin,
    brokerUsers().map(service => ({
      user: brokerUserOf(admin.prefix, service),
      group: service,
      topics: accessOf(service),
    })),
  );
  const owed = await owedTopics(home);
  const [made] = await Promise.all([
    provisionTopics(admin, topicCatalogue(), {
      newEpoch: () => randomBytes(8).toString('hex'),
      replicationFactor: await replicationFactor(admin),
      beforeCreate: topics => noteOwed(home, [...owed, ...topics]),
    }),
    wakeCoordinator(admin),
  ]);
  return latest([...owed, ...made]);
}

/** Three copies where there are brokers for them. */
async function replicationFactor(connection: BrokerConnection): Promise<number> {
  const admin = brokerClient(connection).admin();
  await admin.connect();
  try {
    return Math.min(3, (await admin.describeCluster()).brokers.length);
  } finally {
    await admin.disconnect();
  }
}

/** A topic noted twice was not created the first time: its later epoch is the one that came to be. */
function latest(topics: readonly NewTopic[]): NewTopic[] {
  return [...new Map(topics.map(topic => [topic.topic, topic])).values()];
}

const owedFile = (home: Home) => join(home.run, 'owed-topic-facts.json');

async function owedTopics(home: Home): Promise<NewTopic[]> {
  try {
    return JSON.parse(await readFile(owedFile(home), 'utf8')) as NewTopic[];
  } catch {
    return [];
  }
}

async function noteOwed(home: Home, topics: readonly NewTopic[]): Promise<void> {
  await mkdir(home.run, { recursive: true });
  await writeFile(owedFile(home), JSON.stringify(topics));
}

/** Called when the facts of {@link prepareTopics} are in `governance.events`. */
export async function topicFactsPublished(home: Home): Promise<void> {
  await rm(owedFile(home), { force: true });
}
