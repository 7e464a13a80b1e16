import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  publicHash,
  toHeaders,
  topicCatalogue,
  type EventPayloads,
  type EventType,
} from '@anamnesis/contracts';
import { createMemoryLog, type MemoryLog, type OutgoingRecord } from '@anamnesis/event-log';
import type { Environment } from './environment.js';
import type { Tenants } from './tenants.js';
import { parseTenants } from './tenants.js';

/** Two tenants as the secrets file holds them, for tests. */
export function tenantSecrets(issuerBase = 'http://issuer.test'): string {
  const entry = (name: string, shard: number) => ({
    idKey: randomBytes(32).toString('base64'),
    masterKey: randomBytes(32).toString('base64'),
    shard,
    issuer: `${issuerBase}/${name}`,
  });
  return JSON.stringify({ tenants: { demo: entry('demo', 0), north: entry('north', 1) } });
}

export function twoTenants(issuerBase?: string): Tenants {
  return parseTenants(tenantSecrets(issuerBase));
}

/** An environment that is right, with a secrets file that {@link dispose} removes. */
export function testEnvironment(
  overrides: Environment = {},
  issuerBase?: string,
): { readonly env: Environment; dispose(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'anamnesis-service-'));
  const file = join(folder, 'tenants.json');
  writeFileSync(file, tenantSecrets(issuerBase));
  return {
    env: {
      SERVICE: 'records',
      HTTP_PORT: '0',
      KAFKA_BROKERS: '127.0.0.1:1',
      DATABASE_URL: 'postgres://nobody:secret-of-the-database@127.0.0.1:1/none',
      KEYS_DATABASE_URL: 'postgres://nobody:secret-of-the-keys@127.0.0.1:1/none',
      TENANT_SECRETS_FILE: file,
      ...overrides,
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

/** A governance event in clear, as the command line appends it. */
export function governanceRecord<T extends EventType>(type: T, payload: EventPayloads[T]): OutgoingRecord {
  const value = Buffer.from(JSON.stringify(payload));
  const headers = toHeaders({
    id: publicHash(value).slice(0, 32),
    source: 'cli',
    type,
    time: '2026-01-01T00:00:00Z',
    partitionKey: 'governance',
    tenant: 'cell',
    correlationId: 'governance',
    contentType: 'application/json',
  });
  return { topic: 'governance.events', partition: 0, key: 'governance', headers, value };
}

/** Appends {@link governanceRecord}. */
export async function govern<T extends EventType>(
  log: Pick<MemoryLog, 'writer'>,
  type: T,
  payload: EventPayloads[T],
): Promise<void> {
  await log.writer.append([governanceRecord(type, payload)]);
}

/** Every topic created with epoch `e1`, and both tenants in their shards. */
export function governedCell(): OutgoingRecord[] {
  return [
    ...topicCatalogue().map(({ name, partitions }) =>
      governanceRecord('topic.created.v1', { topic: name, epoch: 'e1', partitions }),
    ),
    governanceRecord('shard-map.published.v1', { shards: { demo: 0, north: 1 } }),
  ];
}

/** A log in memory that begins with {@link governedCell}. */
export async function governedLog(): Promise<MemoryLog> {
  const log = createMemoryLog(() => 1_767_225_600_000);
  await log.writer.append(governedCell());
  return log;
}
