import pg from 'pg';
import { postgresUnreachable } from './errors.js';

export interface RoleSpec {
  readonly name: string;
  readonly password: string;
}

export interface DatabaseSpec {
  readonly name: string;
  readonly owner: string;
  /** Roles beside the owner that may connect. What they may do inside is granted by migrations. */
  readonly guests: readonly string[];
}

/**
 * Creates the roles and databases that are missing, sets each role's password, and lets only the named roles
 * connect to a database. Running it again changes nothing.
 * Raised when the server refuses us: {@link postgresUnreachable}.
 */
export async function provisionDatabases(
  adminUrl: string,
  spec: { readonly roles: readonly RoleSpec[]; readonly databases: readonly DatabaseSpec[] },
): Promise<{ created: string[] }> {
  const client = await connect(adminUrl);
  try {
    for (const role of spec.roles) await provisionRole(client, role);
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
    const existing = new Set(rows.map(row => row.datname));
    const created: string[] = [];
    for (const database of spec.databases) {
      if (!existing.has(database.name)) {
        await client.query(
          `CREATE DATABASE ${quoted(client, database.name)} OWNER ${quoted(client, database.owner)}`,
        );
        created.push(database.name);
      }
      await restrict(client, database);
    }
    return { created };
  } finally {
    await client.end();
  }
}

async function connect(adminUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    const { host } = new URL(adminUrl);
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw postgresUnreachable({ server: host, reason }, cause);
  }
}

async function provisionRole(client: pg.Client, role: RoleSpec): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role.name]);
  const verb = rowCount ? 'ALTER' : 'CREATE';
  await client.query(
    `${verb} ROLE ${quoted(client, role.name)} LOGIN PASSWORD ${client.escapeLiteral(role.password)}`,
  );
  if (!rowCount) await letUsHandOver(client, role.name);
}

/** An administrator who is no superuser, as hosted servers give, may only name an owner whose member he is. */
async function letUsHandOver(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ super: boolean }>(
    'SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user',
  );
  if (!rows[0]?.super) await client.query(`GRANT ${quoted(client, role)} TO CURRENT_USER`);
}

async function restrict(client: pg.Client, database: DatabaseSpec): Promise<void> {
  const name = quoted(client, database.name);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  for (const guest of database.guests)
    await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${quoted(client, guest)}`);
}

function quoted(client: pg.Client, name: string): string {
  return client.escapeIdentifier(name);
}
