import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessOf, brokerUsers, topicCatalogue } from '@anamnesis/contracts';
import { startBroker, type RunningBroker } from './broker.js';
import { brokerClient, type BrokerConnection } from './brokerClient.js';
import { brokerLibs } from './java.js';
import { freePorts } from './ports.js';
import { provisionAcls } from './provisionAcls.js';
import { provisionTopics } from './provisionTopics.js';
import { wakeCoordinator } from './wakeCoordinator.js';

const services = brokerUsers();
const topics = topicCatalogue();
const grantsOf = (service: string) => ({ user: service, group: service, topics: accessOf(service) });

describe('topics and access out of the contracts', () => {
  let dir: string;
  let broker: RunningBroker;
  let administrator: BrokerConnection;
  const connectionAs = (username: string, password: string): BrokerConnection => ({
    brokers: [broker.bootstrap],
    clientId: 'test',
    username,
    password,
    prefix: 'cell',
  });
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anamnesis-acls-'));
    const [clientPort, controllerPort] = (await freePorts(2)) as [number, number];
    const users = services.map(name => ({ name, password: 'secret' }));
    const place = { dir, clientPort, controllerPort, libsDir: brokerLibs() };
    broker = await startBroker({
      ...place,
      users,
      adminPassword: 'admin-secret',
      heapMb: 256,
      lifetime: 'parent',
    });
    administrator = connectionAs(broker.admin.username, broker.admin.password);
    await provisionAcls(administrator, services.map(grantsOf));
    await provisionTopics(administrator, topics, { newEpoch: () => 'e1' });
    await wakeCoordinator(administrator);
  }, 60_000);
  afterAll(async () => {
    await broker.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** What becomes of one append of a service to each topic. */
  async function appendToAll(service: string): Promise<Record<string, string>> {
    const kafka = brokerClient(connectionAs(service, 'secret'));
    const answers: Record<string, string> = {};
    for (const { name } of topics) {
      // A client each: one refused topic makes this client refuse every later one.
      const producer = kafka.producer({ retry: { retries: 0 } });
      await producer.connect();
      answers[name] = await producer
        .send({ topic: `cell.${name}`, messages: [{ key: 'k', value: 'x', partition: 0 }] })
        .then(() => 'accepted')
        .catch((error: Error) =>
          /authorization failed|not authorized/i.test(error.message) ? 'denied' : error.message,
        );
      await producer.disconnect();
    }
    return answers;
  }

  it.each(services)(
    'lets %s write what it owns and denies it every other topic',
    async service => {
      const expected = topics.map(topic => [topic.name, topic.writer === service ? 'accepted' : 'denied']);
      expect(await appendToAll(service)).toEqual(Object.fromEntries(expected));
    },
    60_000,
  );

  it('refuses a wrong password', async () => {
    const admin = brokerClient(connectionAs('gateway', 'wrong')).admin({ retry: { retries: 0 } });
    await expect(admin.connect()).rejects.toThrow(/authentication/i);
    await admin.disconnect();
  });

  async function joinAsRecords(group: string): Promise<string> {
    const consumer = brokerClient(connectionAs('records', 'secret')).consumer({
      groupId: `cell.${group}`,
      retry: { retries: 2, initialRetryTime: 100 },
    });
    const answer = new Promise<string>(resolve => {
      consumer.on(consumer.events.GROUP_JOIN, () => resolve('joined'));
      consumer.on(consumer.events.CRASH, () => resolve('refused'));
    });
    await consumer.connect();
    await consumer.subscribe({ topic: `cell.records.events` });
    await consumer.run({ eachMessage: async () => undefined });
    const result = await answer;
    await consumer.disconnect();
    return result;
  }

  it('lets a service join its own groups and no other service’s', async () => {
    expect(await joinAsRecords('records.decider')).toBe('joined');
    expect(await joinAsRecords('audit')).toBe('refused');
  }, 30_000);

  it('creates each topic once, so that its epoch stays', async () => {
    expect(await provisionTopics(administrator, topics, { newEpoch: () => 'e2' })).toEqual([]);
  });

  it('refuses a topic whose partition count is not the contract’s', async () => {
    const [first] = topics as [(typeof topics)[number]];
    await expect(
      provisionTopics(administrator, [{ ...first, partitions: 3 }], { newEpoch: () => 'e3' }),
    ).rejects.toMatchObject({ code: 'ANM_TOPIC_PARTITIONS' });
  });

  it('adds nothing twice and takes back what no contract allows any more', async () => {
    expect(await provisionAcls(administrator, services.map(grantsOf))).toEqual({ added: 0, removed: 0 });
    const less = { ...grantsOf('audit'), topics: [] };
    const { removed } = await provisionAcls(administrator, [less]);
    expect(removed).toBe(accessOf('audit').flatMap(access => access.operations).length);
  });
});
