import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { developmentUsers, type DevelopmentUser } from './developmentUsers.js';

/** What the secrets are made for. Entries that are new get secrets, entries that are gone keep theirs. */
export interface SecretsSpec {
  /** Services with a broker user. */
  readonly services: readonly string[];
  /** Database roles. */
  readonly roles: readonly string[];
  readonly tenants: readonly { readonly name: string; readonly shard: number }[];
  /** Origin of the development identity provider, for example `http://127.0.0.1:7700`. */
  readonly issuerOrigin: string;
}

export interface Secrets {
  readonly broker: { readonly admin: string; readonly users: Readonly<Record<string, string>> };
  readonly postgres: { readonly superuser: string; readonly roles: Readonly<Record<string, string>> };
  /** The files that services read, by the variable that names them. */
  readonly files: {
    readonly TENANT_SECRETS_FILE: string;
    readonly IDP_USERS_FILE: string;
    readonly IDP_KEYS_FILE: string;
  };
}

interface TenantSecrets {
  readonly idKey: string;
  readonly masterKey: string;
  readonly shard: number;
  readonly issuer: string;
}

/**
 * Reads the secrets of a stack below `folder`, making those that are missing. Every file has mode 0600. What was
 * made once never changes: id keys shape stored bytes, and database files know their passwords.
 */
export async function loadOrCreateSecrets(folder: string, spec: SecretsSpec): Promise<Secrets> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = (name: string) => join(folder, name);
  const broker = await keep<Secrets['broker']>(path('broker.json'), found => ({
    admin: found?.admin ?? password(),
    users: passwords(spec.services, found?.users),
  }));
  const postgres = await keep<Secrets['postgres']>(path('postgres.json'), found => ({
    superuser: found?.superuser ?? password(),
    roles: passwords(spec.roles, found?.roles),
  }));
  await keep<{ tenants: Record<string, TenantSecrets> }>(path('tenants.json'), found => ({
    tenants: { ...found?.tenants, ...tenantSecrets(spec, found?.tenants ?? {}) },
  }));
  await keep<{ users: DevelopmentUser[] }>(path('idp-users.json'), found => ({
    users: developmentUsers(
      spec.tenants.map(tenant => tenant.name),
      found?.users ?? [],
      password,
    ),
  }));
  const keys = await signingKeys(path('idp-keys.json'));
  await keep(path('idp-keys.json'), () => keys);
  return {
    broker,
    postgres,
    files: {
      TENANT_SECRETS_FILE: path('tenants.json'),
      IDP_USERS_FILE: path('idp-users.json'),
      IDP_KEYS_FILE: path('idp-keys.json'),
    },
  };
}

/** Letters, digits, `-` and `_` only: safe in URLs, JAAS lines and property files alike. */
function password(): string {
  return randomBytes(24).toString('base64url').replaceAll('-', 'x');
}

function passwords(names: readonly string[], found: Readonly<Record<string, string>> = {}) {
  return { ...found, ...Object.fromEntries(names.map(name => [name, found[name] ?? password()])) };
}

function tenantSecrets(
  spec: SecretsSpec,
  found: Record<string, TenantSecrets>,
): Record<string, TenantSecrets> {
  const key = () => randomBytes(32).toString('base64');
  return Object.fromEntries(
    spec.tenants.map(({ name, shard }) => [
      name,
      {
        idKey: found[name]?.idKey ?? key(),
        masterKey: found[name]?.masterKey ?? key(),
        shard,
        issuer: `${spec.issuerOrigin}/${name}`,
      },
    ]),
  );
}

async function signingKeys(file: string): Promise<{ keys: Record<string, unknown>[] }> {
  const found = await read<{ keys: Record<string, unknown>[] }>(file);
  if (found) return found;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = randomBytes(8).toString('hex');
  return { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }] };
}

/** Writes what `next` makes of the present content, when that is something else. */
async function keep<T>(file: string, next: (found: T | undefined) => T): Promise<T> {
  const found = await read<T>(file);
  const wanted = next(found);
  const text = `${JSON.stringify(wanted, null, 2)}\n`;
  if (found !== undefined && JSON.stringify(found) === JSON.stringify(wanted)) return wanted;
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, text, { mode: 0o600 });
  await rename(partial, file);
  return wanted;
}

async function read<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
