import {
  checkPayload,
  fromHeaders,
  isAttributes,
  type InterfaceActivatedV1,
  type ShardMapPublishedV1,
  type TopicCreatedV1,
  type PlanPublishedV1,
} from '@anamnesis/contracts';
import type { EventLogInspector, IncomingRecord } from '@anamnesis/event-log';
import { topicEpochUnknown } from '@anamnesis/processing';

/** What `governance.events` says: epochs of topics, the shard map, active interfaces, contents of plans. */
export interface Governance {
  /** Raised when no `topic.created` names the topic: `ANM_TOPIC_EPOCH_UNKNOWN`. */
  epochOf(topic: string): string;
  /** The newest activation of each interface. */
  interfaces(): readonly InterfaceActivatedV1[];
  interface(id: string): InterfaceActivatedV1 | undefined;
  /** Content of a plan by its hash. */
  plan(hash: string): PlanPublishedV1['content'] | undefined;
  shardOf(tenant: string): number | undefined;
  /**
   * Reads the topic again, for a plan or an interface that is unknown here. Calls that overlap share one reading,
   * and a reading younger than a second is not repeated, so that a stranger's guesses cost nothing.
   */
  refresh(): Promise<void>;
}

export const governanceTopic = 'governance.events';
const leastIntervalMs = 1_000;

interface View {
  readonly epochs: Map<string, string>;
  readonly interfaces: Map<string, InterfaceActivatedV1>;
  readonly plans: Map<string, PlanPublishedV1['content']>;
  readonly shards: Map<string, number>;
}

function fold(view: View, record: IncomingRecord): void {
  const attributes = fromHeaders(record.headers);
  if (!isAttributes(attributes)) return;
  const payload = <T>(check: (body: unknown) => T): T =>
    check(JSON.parse((record.value ?? Buffer.alloc(0)).toString('utf8')));
  switch (attributes.type) {
    case 'topic.created.v1': {
      const created: TopicCreatedV1 = payload(body => checkPayload('topic.created.v1', body, 'open'));
      view.epochs.set(created.topic, created.epoch);
      return;
    }
    case 'shard-map.published.v1': {
      const map: ShardMapPublishedV1 = payload(body => checkPayload('shard-map.published.v1', body, 'open'));
      for (const [tenant, shard] of Object.entries(map.shards)) view.shards.set(tenant, shard);
      return;
    }
    case 'plan.published.v1': {
      const plan: PlanPublishedV1 = payload(body => checkPayload('plan.published.v1', body, 'open'));
      view.plans.set(plan.hash, plan.content);
      return;
    }
    case 'interface.activated.v1': {
      const active: InterfaceActivatedV1 = payload(body =>
        checkPayload('interface.activated.v1', body, 'open'),
      );
      view.interfaces.set(active.interface, active);
    }
  }
}

/** `group` is the service's own group name; its user may use no other. */
export function createGovernance(
  inspector: EventLogInspector,
  group: string,
  clock: () => number,
): Governance {
  let view: View = { epochs: new Map(), interfaces: new Map(), plans: new Map(), shards: new Map() };
  let reading: Promise<void> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const read = async (): Promise<void> => {
    const next: View = { epochs: new Map(), interfaces: new Map(), plans: new Map(), shards: new Map() };
    const startedAt = clock();
    await inspector.readAll(governanceTopic, `${group}.governance`, async records => {
      for (const record of records) fold(next, record);
    });
    view = next;
    readAt = startedAt;
  };

  return {
    epochOf(topic) {
      const epoch = view.epochs.get(topic);
      if (epoch === undefined) throw topicEpochUnknown({ topic });
      return epoch;
    },
    interfaces: () => [...view.interfaces.values()],
    interface: id => view.interfaces.get(id),
    plan: hash => view.plans.get(hash),
    shardOf: tenant => view.shards.get(tenant),
    refresh() {
      if (!reading && clock() - readAt < leastIntervalMs) return Promise.resolve();
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}
