import { setTimeout as sleep } from 'node:timers/promises';
import { brokerClient, inCell, type BrokerConnection } from './brokerClient.js';

const withinMs = 60_000;

/**
 * Waits until consumer groups can be joined. A broker makes its offsets topic when the first group asks for its
 * coordinator, and answers "not available" meanwhile; clients then back off for seconds, so ask before they do.
 * Raised when the broker has not got there after a minute: the client's last error.
 */
export async function wakeCoordinator(connection: BrokerConnection): Promise<void> {
  const admin = brokerClient(connection).admin({ retry: { retries: 0 } });
  await admin.connect();
  const deadline = performance.now() + withinMs;
  try {
    for (;;)
      try {
        await admin.fetchOffsets({ groupId: inCell(connection, 'setup'), topics: [] });
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(100);
      }
  } finally {
    await admin.disconnect();
  }
}
