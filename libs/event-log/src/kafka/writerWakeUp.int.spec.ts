// Symptom: an append made one or two microtasks after the one before it resolved waited until somebody else appended.
// Cause: the pump was forgotten later than the queue was seen empty. Fix: both happen in the same turn.
import { testBroker, type TestBroker } from '@anamnesis/testing';
import { createKafkaWriter } from './writer.js';

describe('appending right after an append', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await testBroker();
    await broker.createTopics(['workflow.log']);
  }, 60_000);
  afterAll(() => broker.close());

  it.each([0, 1, 2, 3, 4])(
    'is sent when it comes %i turns later',
    async turns => {
      const writer = createKafkaWriter(broker.connection);
      const record = { topic: 'workflow.log', partition: 0, key: null, headers: {}, value: Buffer.of(1) };
      for (let n = 0; n < 5; n += 1) {
        await writer.append([record]);
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      }
      await writer.close();
    },
    15_000,
  );
});
