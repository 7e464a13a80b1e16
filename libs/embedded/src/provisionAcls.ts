import { setTimeout as sleep } from 'node:timers/promises';
import { brokerClient, inCell, type BrokerConnection } from './brokerClient.js';
import kafkajs from 'kafkajs';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

export type TopicOperation = 'READ' | 'WRITE' | 'DESCRIBE' | 'DESCRIBE_CONFIGS';

export interface TopicGrant {
  /** Without the cell prefix. */
  readonly topic: string;
  readonly operations: readonly TopicOperation[];
}

/** What one broker user may do. Its groups are those whose name begins with `group`, prefix of the cell added. */
export interface UserGrants {
  readonly user: string;
  readonly group: string;
  readonly topics: readonly TopicGrant[];
}

/**
 * Makes the ACLs of these users exactly the given ones: adds what is missing, removes what no contract allows
 * any more. Other principals and other cells are left alone. Answers how many were added and removed.
 */
export async function provisionAcls(
  connection: BrokerConnection,
  users: readonly UserGrants[],
): Promise<{ added: number; removed: number }> {
  const admin = brokerClient(connection).admin();
  await admin.connect();
  try {
    const wanted = new Map(users.flatMap(user => aclsOf(connection, user)).map(acl => [keyOf(acl), acl]));
    const principals = new Set(users.map(user => principalOf(user.user)));
    const present = async () =>
      (await allAcls(admin)).filter(
        acl => principals.has(acl.principal) && acl.resourceName.startsWith(inCell(connection, '')),
      );
    const before = await present();
    const presentKeys = new Set(before.map(keyOf));
    const stale = before.filter(acl => !wanted.has(keyOf(acl)));
    const missing = [...wanted].filter(([key]) => !presentKeys.has(key)).map(([, acl]) => acl);
    if (missing.length > 0) await admin.createAcls({ acl: missing });
    if (stale.length > 0) await admin.deleteAcls({ filters: stale });
    await until(async () => sameKeys(await present(), wanted));
    return { added: missing.length, removed: stale.length };
  } finally {
    await admin.disconnect();
  }
}

/**
 * The controller accepts a change before the broker obeys it, and a broker busy with new topics lags seconds
 * behind. Raised when it has not caught up after a minute.
 */
async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await done())) {
    if (performance.now() > deadline)
      throw new Error('The broker did not take over the changed ACLs in 60 s.');
    await sleep(50);
  }
}

function sameKeys(found: readonly kafkajs.AclEntry[], wanted: ReadonlyMap<string, unknown>): boolean {
  return found.length === wanted.size && found.every(acl => wanted.has(keyOf(acl)));
}

function principalOf(user: string): string {
  return `User:${user}`;
}

function aclsOf(connection: BrokerConnection, grants: UserGrants): kafkajs.AclEntry[] {
  const common = {
    principal: principalOf(grants.user),
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
  };
  const group = {
    ...common,
    resourceType: AclResourceTypes.GROUP,
    resourceName: inCell(connection, grants.group),
    resourcePatternType: ResourcePatternTypes.PREFIXED,
    operation: AclOperationTypes.READ,
  };
  const topics = grants.topics.flatMap(({ topic, operations }) =>
    operations.map(operation => ({
      ...common,
      resourceType: AclResourceTypes.TOPIC,
      resourceName: inCell(connection, topic),
      resourcePatternType: ResourcePatternTypes.LITERAL,
      operation: AclOperationTypes[operation],
    })),
  );
  return [group, ...topics];
}

async function allAcls(admin: kafkajs.Admin): Promise<kafkajs.AclEntry[]> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  } as kafkajs.AclFilter);
  return resources.flatMap(resource =>
    resource.acls.map(acl => ({
      resourceType: resource.resourceType,
      resourceName: resource.resourceName,
      resourcePatternType: resource.resourcePatternType,
      ...acl,
    })),
  );
}

function keyOf(acl: kafkajs.AclEntry): string {
  return [
    acl.principal,
    acl.host,
    acl.resourceType,
    acl.resourcePatternType,
    acl.resourceName,
    acl.operation,
    acl.permissionType,
  ].join(' ');
}
