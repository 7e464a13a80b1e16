import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { provisionDatabases, type Secrets } from '@anamnesis/embedded';
import { migrate, processingMigrations } from '@anamnesis/processing';
import { databaseOf, databaseUrl, keyDatabase } from './environment.js';
import { checkout } from './home.js';
import { databaseServices } from './secretsOf.js';
import { migrationsOf, serviceNamed } from './services.js';

/**
 * Brings roles, databases and schemas up to date: one database per service under a role of the same name, and
 * the key store, where every service is a guest with what its migration grants.
 */
export async function prepareDatabases(adminUrl: string, secrets: Secrets): Promise<void> {
  const roles = [...databaseServices.map(databaseOf), keyDatabase];
  const passwordOf = (role: string) => secrets.postgres.roles[role] ?? '';
  const guests = databaseServices.map(databaseOf);
  await provisionDatabases(adminUrl, {
    roles: roles.map(name => ({ name, password: passwordOf(name) })),
    databases: roles.map(name => ({ name, owner: name, guests: name === keyDatabase ? guests : [] })),
  });
  await Promise.all(
    roles.map(role => migrate(databaseUrl(adminUrl, role, role, passwordOf(role)), foldersOf(role))),
  );
}

function foldersOf(role: string): (string | URL)[] {
  if (role === keyDatabase) return [join(checkout, 'libs', 'keys', 'dist', 'migrations')];
  const service = serviceNamed(role.replace(/^anm_/, ''));
  const own = service ? migrationsOf(service) : '';
  return existsSync(own) ? [processingMigrations, own] : [processingMigrations];
}
