import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerClient, type BrokerConnection } from './brokerClient.js';
import { startBroker, type RunningBroker } from './broker.js';
import { brokerLibs } from './java.js';
import { freePorts } from './ports.js';
import { isRunning } from './processMark.js';
import { provisionTopics } from './provisionTopics.js';

const topic = {
  name: 'kept',
  partitions: 1,
  cleanup: 'delete',
  retentionMs: -1,
  maxMessageBytes: 1_000_000,
} as const;

describe('an embedded broker', () => {
  let dir: string;
  let broker: RunningBroker | undefined;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anamnesis-broker-'));
  });
  afterAll(async () => {
    await broker?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** Ports of its own each time: data must not depend on them. */
  async function start(users: string[]): Promise<RunningBroker> {
    const [clientPort, controllerPort] = (await freePorts(2)) as [number, number];
    broker = await startBroker({
      dir,
      clientPort,
      controllerPort,
      users: users.map(name => ({ name, password: `${name}-secret` })),
      adminPassword: 'admin-secret',
      libsDir: brokerLibs(),
      heapMb: 256,
      lifetime: 'parent',
    });
    return broker;
  }
  const connection = (b: RunningBroker, username = 'admin'): BrokerConnection => ({
    brokers: [b.bootstrap],
    clientId: 'test',
    username,
    password: `${username}-secret`,
    prefix: 't',
  });

  it('keeps an acknowledged record when its process is killed, and continues with the data', async () => {
    const first = await start(['ward']);
    await provisionTopics(connection(first), [topic], { newEpoch: () => 'e' });
    const producer = brokerClient(connection(first)).producer();
    await producer.connect();
    await producer.send({ topic: 't.kept', acks: -1, messages: [{ value: 'one' }] });
    await producer.disconnect();
    first.kill('SIGKILL');
    while (isRunning(first.mark)) await new Promise(resolve => setTimeout(resolve, 20));

    const second = await start(['ward', 'late']);
    const admin = brokerClient(connection(second)).admin();
    await admin.connect();
    expect(await admin.fetchTopicOffsets('t.kept')).toMatchObject([{ partition: 0, high: '1' }]);
    await admin.disconnect();
  }, 60_000);

  it('adds a user that its directory was not formatted with', async () => {
    const late = brokerClient(connection(broker as RunningBroker, 'late')).admin({ retry: { retries: 0 } });
    await late.connect();
    expect(await late.listTopics()).toEqual([]);
    await late.disconnect();
  });

  it('names the port that is taken and who asked for it', async () => {
    const taken = Number((broker as RunningBroker).bootstrap.split(':')[1]);
    const again = startBroker({
      dir,
      clientPort: taken,
      controllerPort: taken,
      users: [],
      adminPassword: 'admin-secret',
      libsDir: brokerLibs(),
    });
    await expect(again).rejects.toMatchObject({ code: 'ANM_PORT_TAKEN', facts: { port: taken } });
  });
});
