import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerClient, type BrokerConnection } from './brokerClient.js';

/** Whether something accepts TCP connections at `host:port`. */
export function accepts(address: string, timeoutMs = 1_000): Promise<boolean> {
  const split = address.lastIndexOf(':');
  return new Promise(resolve => {
    const socket = connect({ host: address.slice(0, split), port: Number(address.slice(split + 1)) });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

/**
 * Asks the cluster who it is until it answers; an open port alone is too early for topics and ACLs.
 * Answers undefined once ready, else why not: the last error at the deadline, or what `gaveUp` says.
 */
export async function waitForBroker(
  connection: BrokerConnection,
  deadlineMs: number,
  gaveUp: () => string | undefined = () => undefined,
): Promise<string | undefined> {
  const deadline = performance.now() + deadlineMs;
  let reason = 'no answer';
  while (performance.now() < deadline) {
    const ended = gaveUp();
    if (ended !== undefined) return ended;
    if (await anyAccepts(connection.brokers)) {
      const failure = await describe(connection);
      if (failure === undefined) return undefined;
      reason = failure;
      if (/authentication/i.test(failure) && performance.now() > deadline - deadlineMs / 2) return reason;
    }
    await sleep(40);
  }
  return reason;
}

async function anyAccepts(brokers: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(brokers.map(broker => accepts(broker)));
  return answers.includes(true);
}

async function describe(connection: BrokerConnection): Promise<string | undefined> {
  const admin = brokerClient(connection).admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    await admin.describeCluster();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
