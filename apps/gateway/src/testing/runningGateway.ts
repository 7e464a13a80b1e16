import { createLogger } from '@anamnesis/telemetry';
import type { MemoryLog } from '@anamnesis/event-log';
import type { InterfaceContract } from '@anamnesis/mapping';
import { decodeBatch, migrate, processingMigrations, type ReceivedEvent } from '@anamnesis/processing';
import {
  bootService,
  createLate,
  unauthenticated,
  type Caller,
  type RunningService,
} from '@anamnesis/service';
import { govern, governedLog, testEnvironment } from '@anamnesis/service/testing';
import { testPostgres } from '@anamnesis/testing';
import { gatewayDefinition } from '../definition.js';
import type { Gateway } from '../gateway.js';
import { connectPeer, type Peer } from './peer.js';

const callers: Record<string, Caller> = {
  ivan: { sub: 'ivan', tenant: 'demo', roles: ['integrator', 'operator'], purposes: ['HOPERAT'] },
  ivanNorth: { sub: 'ivan', tenant: 'north', roles: ['integrator'], purposes: ['HOPERAT'] },
  nora: { sub: 'nora', tenant: 'demo', roles: ['clinician'], purposes: ['TREAT'] },
};

/** A whole gateway in this process: a log in memory, a real Postgres, real sockets. */
export interface RunningGateway {
  readonly log: MemoryLog;
  readonly service: RunningService;
  readonly lines: readonly string[];
  gateway(): Gateway;
  peer(interfaceId?: string): Promise<Peer>;
  /** Closes every peer. */
  hangUp(): void;
  /** HTTP as one of the callers above, or as nobody. */
  http(path: string, as: string | undefined, init?: RequestInit): Promise<Response>;
  events(topic: string): Promise<ReceivedEvent[]>;
  /** Delivers the log to its readers until nothing moves. */
  settle(): Promise<void>;
  /** A second gateway on the same log and database, after the first is gone. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The log in memory stamps this time on everything; the gateway's clock runs on from it. */
const logTime = Date.UTC(2026, 0, 1);
const began = performance.now();
const clock = (): number => logTime + Math.trunc(performance.now() - began);

const keyMigrations = new URL('../../../../libs/keys/src/migrations/', import.meta.url);
const ownMigrations = new URL('../migrations/', import.meta.url);

export async function runGateway(contracts: readonly InterfaceContract[]): Promise<RunningGateway> {
  const database = await testPostgres();
  await migrate(database.url, [processingMigrations, keyMigrations, ownMigrations]);
  const environment = testEnvironment({
    SERVICE: 'gateway',
    DATABASE_URL: database.url,
    KEYS_DATABASE_URL: database.url,
  });
  const log = await governedLog();
  for (const contract of contracts)
    await govern(log, 'interface.activated.v1', {
      interface: contract.id,
      tenant: contract.tenant,
      version: contract.version,
      plan: `plan-${contract.id}`,
      contract: { ...contract },
    });
  const lines: string[] = [];
  const peers: Peer[] = [];
  let late = createLate<Gateway>('The gateway');
  let service: RunningService;
  let delivering: NodeJS.Timeout | undefined;
  let delivery: Promise<unknown> = Promise.resolve();
  const deliver = (): void => {
    delivery = delivery.then(() => log.deliver()).catch(() => undefined);
  };
  const boot = async (): Promise<void> => {
    late = createLate<Gateway>('The gateway');
    service = await bootService(
      gatewayDefinition(
        () => ({
          profile: 'embedded',
          mllpHost: '127.0.0.1',
          mllpPortOffset: 0,
          replication: async () => ({ replicas: 1 }),
        }),
        late,
      ),
      {
        env: environment.env,
        writer: log.writer,
        reader: log.reader,
        inspector: log.inspector,
        clock,
        logger: createLogger('gateway', { level: 'debug', write: line => void lines.push(line) }),
        verify: async authorization => {
          const caller = callers[authorization?.replace('Bearer ', '') ?? ''];
          if (!caller) throw unauthenticated({ reason: 'no token' });
          return caller;
        },
      },
    );
    delivering = setInterval(deliver, 20);
    await service.started;
  };
  const hangUp = (): void => {
    for (const peer of peers.splice(0)) peer.socket.destroy();
  };
  const halt = async (): Promise<void> => {
    hangUp();
    clearInterval(delivering);
    await delivery;
    await service.stop();
  };
  await boot();
  return {
    log,
    lines,
    get service() {
      return service;
    },
    gateway: () => late.get(),
    hangUp,
    async peer(interfaceId = contracts[0]?.id) {
      const port = late.get().listeners.find(one => one.interfaceId === interfaceId)?.port ?? 0;
      const peer = await connectPeer(port);
      peers.push(peer);
      return peer;
    },
    http: (path, as, init = {}) =>
      fetch(`${service.address}${path}`, {
        ...init,
        headers: {
          ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
          'x-purpose-of-use': as === 'nora' ? 'TREAT' : 'HOPERAT',
          ...(init.headers as Record<string, string>),
        },
      }),
    events: async topic =>
      (await decodeBatch(log.records(topic), service.context.keyring)).flatMap(one =>
        one.readable ? [one.event] : [],
      ),
    async settle() {
      for (let quiet = 0; quiet < 3; quiet += 1) {
        deliver();
        await delivery;
      }
    },
    async restart() {
      await halt();
      await boot();
    },
    async close() {
      await halt();
      await database.close();
      environment.dispose();
    },
  };
}
