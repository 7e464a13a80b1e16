import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  derivedId,
  toHeaders,
  type EventPayloads,
  type EventType,
  type InterfaceActivatedV1,
  type PlanPublishedV1,
} from '@anamnesis/contracts';
import {
  createKafkaInspector,
  createKafkaWriter,
  type IncomingRecord,
  type KafkaConnection,
  type OutgoingRecord,
} from '@anamnesis/event-log';
import { parseInterface, planContent, planHash, type InterfaceContract } from '@anamnesis/mapping';

const topic = 'governance.events';
/** Ids of governance events hide nothing: they are derived under a key that everyone may know. */
const publicKey = Buffer.from('anamnesis governance');

type GovernanceType = Extract<
  EventType,
  | 'topic.created.v1'
  | 'shard-map.published.v1'
  | 'plan.published.v1'
  | 'interface.activated.v1'
  | 'interface.current.v1'
>;

export interface CreatedTopic {
  readonly topic: string;
  readonly epoch: string;
  readonly partitions: number;
}

export interface PublishOptions {
  /** As the broker user that may write governance topics. */
  readonly connection: KafkaConnection;
  readonly createdTopics: readonly CreatedTopic[];
  readonly interfacesFolder: string;
  /** Tenant -> shard. */
  readonly shards: Readonly<Record<string, number>>;
  readonly clock: () => Date;
}

export interface Published {
  readonly plans: number;
  readonly activated: readonly string[];
}

/** What governance.events already says. */
interface Known {
  readonly plans: Set<string>;
  readonly active: Map<string, InterfaceActivatedV1>;
  shards: string;
}

function fold(known: Known, records: readonly IncomingRecord[]): void {
  for (const { headers, value } of records) {
    if (!value) continue;
    const payload: unknown = JSON.parse(value.toString('utf8'));
    if (headers['ce_type'] === 'plan.published.v1') known.plans.add((payload as PlanPublishedV1).hash);
    if (headers['ce_type'] === 'interface.activated.v1') {
      const activated = payload as InterfaceActivatedV1;
      known.active.set(activated.interface, activated);
    }
    if (headers['ce_type'] === 'shard-map.published.v1')
      known.shards = JSON.stringify((payload as EventPayloads['shard-map.published.v1']).shards);
  }
}

async function contractsIn(folder: string): Promise<InterfaceContract[]> {
  const names = (await readdir(folder)).filter(name => /\.ya?ml$/.test(name)).sort();
  return Promise.all(names.map(async name => parseInterface(await readFile(join(folder, name), 'utf8'))));
}

function recorder(
  clock: () => Date,
): <T extends GovernanceType>(
  type: T,
  subject: string,
  tenant: string,
  payload: EventPayloads[T],
  to?: string,
) => OutgoingRecord {
  return (type, subject, tenant, payload, to = topic) => {
    const id = derivedId(publicKey, 'event', [
      type,
      subject,
      JSON.stringify(payload),
      randomBytes(8).toString('hex'),
    ]);
    return {
      topic: to,
      partition: 0,
      key: subject,
      value: Buffer.from(JSON.stringify(payload)),
      headers: toHeaders({
        id,
        source: 'cli',
        type,
        time: clock().toISOString(),
        subject,
        partitionKey: subject,
        tenant,
        correlationId: id,
        contentType: 'application/json',
      }),
    };
  };
}

/**
 * Appends what changed to `governance.events`: topics that came to be, the shard map, and for each interface file
 * its plan (once, under its hash, before anything may stamp it) and its activation when contract or plan differ
 * from what is active (blueprint §4, "The plan").
 */
export async function publishGovernance(options: PublishOptions): Promise<Published> {
  const { connection, createdTopics, interfacesFolder, shards, clock } = options;
  const inspector = createKafkaInspector(connection);
  const writer = createKafkaWriter(connection);
  const record = recorder(clock);
  try {
    const known: Known = { plans: new Set(), active: new Map(), shards: '' };
    await inspector.readAll(topic, 'cli', async records => fold(known, records));
    const created = createdTopics.map(one => record('topic.created.v1', one.topic, 'system', { ...one }));
    const shardMap =
      JSON.stringify(shards) === known.shards
        ? []
        : [record('shard-map.published.v1', 'shards', 'system', { shards: { ...shards } })];
    const plans: OutgoingRecord[] = [];
    const activations: OutgoingRecord[] = [];
    const activated: string[] = [];
    for (const contract of await contractsIn(interfacesFolder)) {
      const content = planContent(contract);
      const hash = planHash(content);
      const before = known.active.get(contract.id);
      if (before?.plan === hash && JSON.stringify(before.contract) === JSON.stringify(contract)) continue;
      if (!known.plans.has(hash))
        plans.push(
          record('plan.published.v1', contract.id, contract.tenant, { hash, content: { ...content } }),
        );
      known.plans.add(hash);
      const payload: InterfaceActivatedV1 = {
        interface: contract.id,
        tenant: contract.tenant,
        version: contract.version,
        plan: hash,
        contract: { ...contract },
      };
      activations.push(record('interface.activated.v1', contract.id, contract.tenant, payload));
      activations.push(
        record('interface.current.v1', contract.id, contract.tenant, payload, 'governance.interfaces'),
      );
      activated.push(contract.id);
    }
    await writer.append([...created, ...shardMap, ...plans]);
    await writer.append(activations);
    return { plans: plans.length, activated };
  } finally {
    await writer.close();
    await inspector.close();
  }
}
