import type { KafkaConnection } from '@anamnesis/event-log';
import { createKafka, physicalName } from '@anamnesis/event-log';
import { ingressTopic } from './receive/encodeReceipt.js';

export type Profile = 'embedded' | 'production';

/** How the topic of received messages is kept. A fact that could not be read is undefined. */
export interface Replication {
  /** Fewest replicas of any partition. */
  readonly replicas?: number;
  readonly minInSync?: number;
  readonly uncleanElection?: boolean;
}

export interface Durability {
  /** False: no positive answer may be given. */
  readonly holds: boolean;
  readonly sentence: string;
}

/**
 * Whether a positive answer may be given (blueprint §1): in production the log must keep an acknowledged record
 * through the loss of any one broker. The embedded profile says what it does not survive.
 */
export function judgeDurability(profile: Profile, found: Replication): Durability {
  const { replicas, minInSync, uncleanElection } = found;
  if (profile === 'embedded')
    return {
      holds: true,
      sentence:
        (replicas ?? 1) >= 3 && (minInSync ?? 1) >= 2
          ? 'Acknowledged messages are on at least two brokers.'
          : 'One broker keeps each message: an acknowledged message survives the death of processes, not of power.',
    };
  const missing = [
    replicas === undefined ? 'replicas unknown' : replicas < 3 ? `${replicas} of 3 replicas` : '',
    minInSync === undefined
      ? 'min.insync.replicas unknown (grant DescribeConfigs)'
      : minInSync < 2
        ? `min.insync.replicas ${minInSync}, not 2`
        : '',
    uncleanElection === true ? 'unclean leader election allowed' : '',
  ].filter(text => text !== '');
  return missing.length === 0
    ? { holds: true, sentence: 'Acknowledged messages are on at least two brokers.' }
    : {
        holds: false,
        sentence: `No message is acknowledged: ${ingressTopic} is not durable enough for production (${missing.join(', ')}).`,
      };
}

/** Reads the facts from the broker. What the user may not see stays unknown; an unreachable broker raises. */
export async function readReplication(connection: KafkaConnection): Promise<Replication> {
  const admin = createKafka(connection).admin({ retry: { retries: 3 } });
  const topic = physicalName(connection, ingressTopic);
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const replicas = Math.min(...topics.flatMap(t => t.partitions.map(p => p.replicas.length)));
    const names = ['min.insync.replicas', 'unclean.leader.election.enable'];
    const entries = await admin
      .describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic, configNames: names }] })
      .then(
        ({ resources }) => resources.flatMap(resource => resource.configEntries),
        () => [],
      );
    const valueOf = (name: string) => entries.find(entry => entry.configName === name)?.configValue;
    const minInSync = valueOf(names[0] as string);
    const unclean = valueOf(names[1] as string);
    return {
      replicas,
      ...(minInSync === undefined ? {} : { minInSync: Number(minInSync) }),
      ...(unclean === undefined ? {} : { uncleanElection: unclean === 'true' }),
    };
  } finally {
    await admin.disconnect();
  }
}
