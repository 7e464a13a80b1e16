import type pg from 'pg';
import type { EventLogInspector } from '@anamnesis/event-log';
import type { InterfaceContract } from '@anamnesis/mapping';
import { defineError, controlHash } from '@anamnesis/contracts';
import { refusedAtStart, type Governance, type Hold, type ServiceContext } from '@anamnesis/service';
import { newTraceparent } from '@anamnesis/telemetry';
import { startProcessing } from '@anamnesis/processing';
import { judgeDurability, type Profile, type Replication } from './durability.js';
import { garbageRecord } from './garbage.js';
import { startListener, type MllpListener } from './mllp/listener.js';
import { createEdgeSequence } from './receive/edgeSequence.js';
import { ingressTopic } from './receive/encodeReceipt.js';
import type { ActiveInterface, ReceiverPorts } from './receive/ports.js';
import { createReceiver, type Receiver } from './receive/receiver.js';
import { createRecentReceipts } from './receive/recentReceipts.js';
import { createEarlierReceipts } from './store/earlierReceipts.js';
import { createMessageStore, messageStoreName } from './store/messageStore.js';
import { createMessageSearch, type MessageSearch, type StoredMessage } from './store/searchMessages.js';

/** What controllers reach through {@link GATEWAY} once the gateway has caught up with its own log. */
export interface Gateway {
  readonly receiver: Receiver;
  readonly search: MessageSearch;
  readonly listeners: readonly MllpListener[];
  /** The active interface of a tenant; governance is read again once for an unknown one. */
  find(tenant: string, id: string): Promise<ActiveInterface | undefined>;
  /** What people may know of a tenant's interfaces. */
  describe(tenant: string): InterfaceDescription[];
  byControl(
    tenant: string,
    control: string,
    interfaceId: string | undefined,
    limit: number,
  ): Promise<StoredMessage[]>;
}

export interface InterfaceDescription {
  readonly id: string;
  readonly version: number;
  readonly description: string;
  readonly plan: string;
  readonly accept: InterfaceContract['accept'];
  readonly transport: InterfaceContract['transport'];
  /** Port that is open here, with the connections on it; absent when this process does not listen for it. */
  readonly listening?: { readonly port: number; readonly connections: number };
}

export const GATEWAY = Symbol('gateway');

export interface GatewayOptions {
  readonly profile: Profile;
  readonly mllpHost: string;
  /** Added to the port of each contract. */
  readonly mllpPortOffset: number;
  /** What the broker says about the log's replication. */
  readonly replication: () => Promise<Replication>;
}

/** Raised when the message store does not reach the end of the log in time; the start is tried again. */
export const notCaughtUp = defineError(
  'ANM_GATEWAY_NOT_CAUGHT_UP',
  'retry',
  (f: { records: number }) =>
    `The message store lacks ${f.records} records of ${ingressTopic}: the gateway listens when it has them`,
);

const catchUpMs = 60_000;
const askAgainMs = 50;
const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/**
 * Waits until the message store has everything that was in the log at the call, whichever replica folds it: before
 * that a resend would not be known as one (blueprint §4). Raised: {@link notCaughtUp}.
 */
export async function catchUp(
  inspector: EventLogInspector,
  pool: pg.Pool,
  clock: () => number,
): Promise<void> {
  const ends = (await inspector.ranges(ingressTopic)).filter(range => range.end > range.start);
  const until = clock() + catchUpMs;
  for (;;) {
    const { rows } = await pool.query<{ partition: number; next: number }>(
      'SELECT partition, next FROM cursor WHERE processor = $1 AND topic = $2',
      [messageStoreName, ingressTopic],
    );
    const next = new Map(rows.map(row => [row.partition, row.next]));
    const missing = ends.reduce(
      (sum, { partition, end }) => sum + Math.max(0, end - (next.get(partition) ?? 0)),
      0,
    );
    if (missing === 0) return;
    if (clock() > until) throw notCaughtUp({ records: missing });
    await sleep(askAgainMs);
  }
}

function activeOf({ contract, plan }: ReturnType<Governance['interfaces']>[number]): ActiveInterface {
  return { contract: contract as unknown as InterfaceContract, plan };
}

async function listen(
  context: ServiceContext,
  receiver: Receiver,
  ports: ReceiverPorts,
  { mllpHost, mllpPortOffset }: GatewayOptions,
): Promise<MllpListener[]> {
  const { logger, metrics, governance, tenants } = context;
  const opened: MllpListener[] = [];
  for (const active of governance.interfaces().map(activeOf)) {
    const { id, tenant, transport } = active.contract;
    if (transport.kind !== 'mllp' || transport.port === undefined) continue;
    if (!tenants.get(tenant)) {
      logger.warn('mllp.not-listening', { interface: id, reason: 'tenant of another cell' });
      continue;
    }
    const port = transport.port === 0 ? 0 : transport.port + mllpPortOffset;
    try {
      const listener = await startListener({
        active,
        host: mllpHost,
        port,
        receiver,
        logger,
        metrics,
        onGarbage: async (source, count) => {
          await context.writer.append([garbageRecord(source, count, ports)]).catch(() => {
            ports.sequence.renew();
            logger.error('mllp.garbage-not-recorded', { interface: source.contract.id });
          });
        },
      });
      logger.info('mllp.listening', { interface: id, tenant, port: listener.port });
      opened.push(listener);
    } catch (error) {
      await Promise.all(opened.map(listener => listener.stop(0)));
      throw refusedAtStart({
        what: `MLLP port ${port} of interface ${id}`,
        problem: `cannot be opened (${(error as { code?: string }).code ?? 'unknown'})`,
        remedy: 'stop the process that has it, or set MLLP_PORT_OFFSET',
      });
    }
  }
  return opened;
}

/** Starts the gateway on a built rim. `hold` stops what it starts: listeners first, so that no answer is lost. */
export async function startGateway(
  context: ServiceContext,
  hold: Hold,
  options: GatewayOptions,
): Promise<Gateway> {
  const { logger, metrics, pool, writer, reader, inspector, governance, tenants, clock, random } = context;
  const durability = judgeDurability(options.profile, await options.replication());
  logger[durability.holds ? 'info' : 'error']('durability', { sentence: durability.sentence });

  const recent = createRecentReceipts({ clock });
  hold.processing(
    await startProcessing({
      group: 'gateway',
      reader,
      pool,
      processors: [createMessageStore({ pool, onStored: recent.stored })],
      progress: context.progress,
      clock,
      epochOf: governance.epochOf,
      onTrouble: ({ processor, topic, partition, error, stopped }) =>
        logger.warn('processing.trouble', {
          processor,
          topic,
          partition,
          code: error.code,
          sentence: error.message,
          stopped,
        }),
    }),
  );
  await catchUp(inspector, pool, clock);

  const stages = metrics.histogram('pipeline_stage_duration_seconds');
  const ports: ReceiverPorts = {
    tenant(name) {
      const tenant = tenants.get(name);
      if (!tenant) throw new Error(`Interface of tenant ${name}, which is not of this cell`);
      return tenant;
    },
    earlier: createEarlierReceipts(pool),
    recent,
    keyring: context.keyring,
    writer,
    sequence: createEdgeSequence(size => Buffer.from(random(size))),
    clock,
    random: size => Buffer.from(random(size)),
    traceparent: () => newTraceparent(size => Buffer.from(random(size))),
    durable: () => durability.holds,
    observe(batch) {
      for (const stage of ['lookup', 'decide', 'keys', 'encode', 'append'] as const)
        stages.observe({ stage: `receive-${stage}`, type: 'message' }, batch[stage] / 1_000);
    },
  };
  const receiver = createReceiver(ports, {
    onTrouble: (error, messages) =>
      logger.error('receive.unavailable', {
        count: messages,
        code: (error as { code?: string }).code ?? 'unknown',
        errorName: error instanceof Error ? error.name : 'unknown',
      }),
  });
  const listeners = await listen(context, receiver, ports, options);
  hold.intake('mllp', () => Promise.all(listeners.map(listener => listener.stop(1_500))));

  const search = createMessageSearch(pool);
  const own = (tenant: string): ActiveInterface[] =>
    governance
      .interfaces()
      .filter(one => one.tenant === tenant)
      .map(activeOf);
  return {
    receiver,
    search,
    listeners,
    async find(tenant, id) {
      const found = (): ActiveInterface | undefined => own(tenant).find(one => one.contract.id === id);
      if (!governance.interface(id)) await governance.refresh();
      return found();
    },
    describe: tenant =>
      own(tenant).map(({ contract, plan }) => {
        const { id, version, description, accept, transport } = contract;
        const listener = listeners.find(one => one.interfaceId === id);
        return {
          id,
          version,
          description,
          plan,
          accept,
          transport,
          ...(listener ? { listening: { port: listener.port, connections: listener.connections } } : {}),
        };
      }),
    async byControl(tenant, control, interfaceId, limit) {
      const idKey = tenants.get(tenant)?.idKey;
      if (!idKey) return [];
      const ids = own(tenant)
        .map(one => one.contract.id)
        .filter(id => interfaceId === undefined || id === interfaceId);
      return search.byControl(
        tenant,
        ids.map(id => controlHash(idKey, id, control)),
        limit,
      );
    },
  };
}
