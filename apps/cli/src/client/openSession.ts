import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineError } from '@anamnesis/contracts';
import { homeFrom } from '../stack/home.js';
import { endpointsFrom } from '@anamnesis/client';
import { createSession, type Session } from '@anamnesis/client';

/** Raised when nobody told the command line who it acts as. */
export const userUnknown = defineError(
  'ANM_USER_UNKNOWN',
  'stop',
  (f: { user: string; tenant: string }) =>
    `No password is known for ${f.user} in tenant ${f.tenant}: start the stack with ./anamnesis up, or set ANAMNESIS_USER and ANAMNESIS_PASSWORD`,
);

interface DevelopmentUser {
  readonly name: string;
  readonly tenant: string;
  readonly password: string;
}

/**
 * A session as a named user: ANAMNESIS_USER with ANAMNESIS_PASSWORD, else the development user of that name whose
 * password `up` wrote down.
 * Raised when there is neither: {@link userUnknown}.
 */
export async function openSession(
  tenant: string,
  user: string,
  purpose: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Session> {
  const endpoints = endpointsFrom(env);
  const name = env['ANAMNESIS_USER'] ?? user;
  const given = env['ANAMNESIS_PASSWORD'];
  if (given !== undefined) return createSession({ endpoints, tenant, user: name, password: given, purpose });
  const file = join(homeFrom(env).secrets, 'idp-users.json');
  const { users } = await readFile(file, 'utf8').then(
    text => JSON.parse(text) as { users: DevelopmentUser[] },
    () => ({ users: [] as DevelopmentUser[] }),
  );
  const found = users.find(one => one.name === name && one.tenant === tenant);
  if (!found) throw userUnknown({ user: name, tenant });
  return createSession({ endpoints, tenant, user: name, password: found.password, purpose });
}
