import { createHash, timingSafeEqual } from 'node:crypto';
import { configInvalid } from '@anamnesis/service/errors';

/** What a token says about its bearer, beside the name. */
export interface Rights {
  readonly roles: readonly string[];
  readonly purposes: readonly string[];
}

export interface User extends Rights {
  readonly name: string;
  readonly password: string;
  readonly tenant: string;
}

/** A program with a secret of its own (grant `client_credentials`). */
export interface ServiceClient extends Rights {
  readonly id: string;
  readonly secret: string;
  readonly tenant: string;
}

export interface Directory {
  tenants(): readonly string[];
  user(tenant: string, name: string): User | undefined;
  /** The user when the password is right. Takes the same time for a wrong name and a wrong password. */
  authenticate(tenant: string, name: string, password: string): User | undefined;
  clients(tenant: string): readonly ServiceClient[];
}

const variable = 'IDP_USERS_FILE';

function entries(list: unknown, kind: string, texts: readonly string[]): Record<string, unknown>[] {
  if (!Array.isArray(list)) throw configInvalid({ variable, problem: `has no list "${kind}"` });
  list.forEach((entry: Record<string, unknown> | null, at) => {
    for (const field of texts)
      if (typeof entry?.[field] !== 'string' || entry[field] === '')
        throw configInvalid({ variable, problem: `gives entry ${at + 1} of "${kind}" no ${field}` });
    for (const field of ['roles', 'purposes']) {
      const value = entry?.[field];
      if (!Array.isArray(value) || value.some(item => typeof item !== 'string'))
        throw configInvalid({ variable, problem: `gives entry ${at + 1} of "${kind}" no list of ${field}` });
    }
  });
  return list as Record<string, unknown>[];
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Users and service clients from the text of the users file:
 * `{"users": [{name, password, tenant, roles, purposes}], "clients": [{id, secret, tenant, roles, purposes}]}`;
 * `clients` may be absent. Raised when an entry is incomplete or a name exists twice in a tenant.
 */
export function parseDirectory(text: string): Directory {
  let content: { users?: unknown; clients?: unknown } | null;
  try {
    content = JSON.parse(text) as typeof content;
  } catch {
    throw configInvalid({ variable, problem: 'names a file that is not JSON' });
  }
  const users = entries(content?.users, 'users', ['name', 'password', 'tenant']) as unknown as User[];
  const clients = entries(content?.clients ?? [], 'clients', [
    'id',
    'secret',
    'tenant',
  ]) as unknown as ServiceClient[];
  const byName = new Map(users.map(user => [`${user.tenant} ${user.name}`, user]));
  if (byName.size < users.length)
    throw configInvalid({ variable, problem: 'names a user twice in one tenant' });
  const tenants = [...new Set(users.map(user => user.tenant))];
  if (tenants.some(tenant => !/^[a-z][a-z0-9-]*$/.test(tenant)))
    throw configInvalid({
      variable,
      problem: 'names a tenant that is not lower-case letters, digits and hyphens',
    });
  const user = (tenant: string, name: string): User | undefined => byName.get(`${tenant} ${name}`);
  return {
    tenants: () => tenants,
    user,
    authenticate(tenant, name, password) {
      const found = user(tenant, name);
      const right = timingSafeEqual(digest(found?.password ?? 'nobody'), digest(password));
      return found && right ? found : undefined;
    },
    clients: tenant => clients.filter(client => client.tenant === tenant),
  };
}
