import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startTestPostgres, testServerVariables } from './testServers.js';

/** A database of one suite's own. */
export interface TestDatabase {
  /** As the owner of the database, who is no superuser: what a service's role may do. */
  readonly url: string;
  /** As superuser, same database. */
  readonly adminUrl: string;
  readonly name: string;
  /** Drops the database, open sessions included, and its role. */
  close(): Promise<void>;
}

/**
 * A fresh, empty database on the run's server; on a server started here when the runner gave none.
 * Call in `beforeAll`, close in `afterAll`.
 */
export async function testPostgres(): Promise<TestDatabase> {
  const given = process.env[testServerVariables.postgres];
  const own = given === undefined ? await startTestPostgres() : undefined;
  const server = given ?? own?.facts ?? '';
  const name = `test_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await execute(server, [
    `CREATE ROLE ${name} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${name} OWNER ${name}`,
  ]);
  return {
    url: withDatabase(server, name, { role: name, password }),
    adminUrl: withDatabase(server, name),
    name,
    close: async () => {
      if (own) return own.stop();
      await execute(server, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, `DROP ROLE IF EXISTS ${name}`]);
    },
  };
}

async function execute(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(server: string, name: string, login?: { role: string; password: string }): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  if (login) {
    url.username = login.role;
    url.password = login.password;
  }
  return url.href;
}
