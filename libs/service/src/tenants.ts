import { readFileSync } from 'node:fs';
import { shardCount } from '@anamnesis/contracts';
import { configInvalid } from './errors.js';

/** One tenant of the cell with its secrets. */
export interface Tenant {
  readonly name: string;
  /** 32 bytes; every derived id of the tenant is keyed with it. Never rotated. */
  readonly idKey: Buffer;
  /** 32 bytes; wraps the tenant's data keys. */
  readonly masterKey: Buffer;
  readonly shard: number;
  /** `iss` of the tenant's tokens: the token issuer names the tenant, never a header. */
  readonly issuer: string;
}

export interface Tenants {
  /** Undefined for a tenant of another cell. */
  get(tenant: string): Tenant | undefined;
  byShard(shard: number): Tenant | undefined;
  byIssuer(issuer: string): Tenant | undefined;
  names(): readonly string[];
}

const variable = 'TENANT_SECRETS_FILE';

function secret(tenant: string, field: string, value: unknown): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0);
  if (bytes.length !== 32)
    throw configInvalid({ variable, problem: `gives tenant ${tenant} no ${field} of 32 bytes in base64` });
  return bytes;
}

function parseTenant(name: string, entry: unknown): Tenant {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
    throw configInvalid({
      variable,
      problem: 'names a tenant that is not lower-case letters, digits and hyphens',
    });
  const { idKey, masterKey, shard, issuer } = (entry ?? {}) as Record<string, unknown>;
  if (typeof shard !== 'number' || !Number.isInteger(shard) || shard < 0 || shard >= shardCount)
    throw configInvalid({
      variable,
      problem: `gives tenant ${name} no shard from 0 to ${shardCount - 1}`,
    });
  if (typeof issuer !== 'string' || !URL.canParse(issuer))
    throw configInvalid({ variable, problem: `gives tenant ${name} no issuer URL` });
  return {
    name,
    idKey: secret(name, 'idKey', idKey),
    masterKey: secret(name, 'masterKey', masterKey),
    shard,
    issuer,
  };
}

/**
 * Tenants from the text of the secrets file: `{"tenants": {"demo": {idKey, masterKey, shard, issuer}}}`.
 * Raised when an entry is incomplete, or two tenants share a shard or an issuer: `ANM_CONFIG_INVALID`.
 */
export function parseTenants(text: string): Tenants {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw configInvalid({ variable, problem: 'names a file that is not JSON' });
  }
  const entries = Object.entries((content as { tenants?: object } | null)?.tenants ?? {});
  if (entries.length === 0)
    throw configInvalid({ variable, problem: 'names a file without any tenant under "tenants"' });
  const tenants = entries.map(([name, entry]) => parseTenant(name, entry));
  for (const field of ['shard', 'issuer'] as const)
    if (new Set(tenants.map(tenant => tenant[field])).size < tenants.length)
      throw configInvalid({ variable, problem: `gives two tenants the same ${field}` });
  const by = <K>(key: (tenant: Tenant) => K) => new Map(tenants.map(tenant => [key(tenant), tenant]));
  const [name, shard, issuer] = [by(t => t.name), by(t => t.shard), by(t => t.issuer)];
  return {
    get: tenant => name.get(tenant),
    byShard: wanted => shard.get(wanted),
    byIssuer: wanted => issuer.get(wanted),
    names: () => tenants.map(tenant => tenant.name),
  };
}

/** {@link parseTenants} of a file. Raised also when the file cannot be read. */
export function loadTenants(file: string): Tenants {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw configInvalid({ variable, problem: 'names a file that cannot be read' });
  }
  return parseTenants(text);
}
