import { accessOf, brokerUsers, topicCatalogue } from '@anamnesis/contracts';
import { createKafka } from '@anamnesis/event-log';
import { testBroker, type TestBroker } from '@anamnesis/testing';
import { provisionAcls } from './provisionAcls.js';
import { provisionTopics } from './provisionTopics.js';

const services = brokerUsers();
const topics = topicCatalogue();
const grantsOf = (service: string) => ({ user: service, group: service, topics: accessOf(service) });

describe('topics and access out of the contracts', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await testBroker();
    await provisionTopics(broker.connection, topics, { newEpoch: () => 'e1' });
    await provisionAcls(broker.connection, services.map(grantsOf));
  }, 60_000);
  afterAll(() => broker.close());

  /** What becomes of one append of a service to each topic. */
  async function appendToAll(service: string): Promise<Record<string, string>> {
    const kafka = createKafka(broker.connectionAs(service));
    const answers: Record<string, string> = {};
    for (const { name } of topics) {
      // A client each: one refused topic makes this client refuse every later one.
      const producer = kafka.producer({ retry: { retries: 0 } });
      await producer.connect();
      answers[name] = await producer
        .send({ topic: `${broker.prefix}.${name}`, messages: [{ key: 'k', value: 'x', partition: 0 }] })
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
    const admin = createKafka(broker.connectionAs('gateway', 'wrong')).admin({ retry: { retries: 0 } });
    await expect(admin.connect()).rejects.toThrow(/authentication/i);
    await admin.disconnect();
  });

  async function joinAsRecords(group: string): Promise<string> {
    const consumer = createKafka(broker.connectionAs('records')).consumer({
      groupId: `${broker.prefix}.${group}`,
      retry: { retries: 2, initialRetryTime: 100 },
    });
    const answer = new Promise<string>(resolve => {
      consumer.on(consumer.events.GROUP_JOIN, () => resolve('joined'));
      consumer.on(consumer.events.CRASH, () => resolve('refused'));
    });
    await consumer.connect();
    await consumer.subscribe({ topic: `${broker.prefix}.records.events` });
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
    expect(await provisionTopics(broker.connection, topics, { newEpoch: () => 'e2' })).toEqual([]);
  });

  it('refuses a topic whose partition count is not the contract’s', async () => {
    const [first] = topics as [(typeof topics)[number]];
    await expect(
      provisionTopics(broker.connection, [{ ...first, partitions: 3 }], { newEpoch: () => 'e3' }),
    ).rejects.toMatchObject({ code: 'ANM_TOPIC_PARTITIONS' });
  });

  it('adds nothing twice and takes back what no contract allows any more', async () => {
    expect(await provisionAcls(broker.connection, services.map(grantsOf))).toEqual({ added: 0, removed: 0 });
    const less = { ...grantsOf('audit'), topics: [] };
    const { removed } = await provisionAcls(broker.connection, [less]);
    expect(removed).toBe(accessOf('audit').flatMap(access => access.operations).length);
  });
});
