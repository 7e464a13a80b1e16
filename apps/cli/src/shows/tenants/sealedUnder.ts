import { createPool } from '@anamnesis/processing';
import type { TestStack } from '../../checks/testStack.js';
import { databaseOf, databaseUrl, keyDatabase } from '../../stack/environment.js';
import { homeFrom } from '../../stack/home.js';
import { locatePostgres } from '../../stack/postgresServer.js';
import { secretsOf } from '../../stack/secretsOf.js';
import type { Hospital } from './hospital.js';

/** Under which key a tenant's message lies, and which keys the key store has for its patient. */
export interface SealedUnder {
  readonly tenant: string;
  /** `ce_keyid` of the sealed bytes as audit keeps them. */
  readonly keyId: string | undefined;
  /** Tenant and id of every key of the patient, whichever tenant it is listed under. */
  readonly stored: readonly string[];
}

/**
 * No API gives out key ids, so this looks as an operator can who holds the stack's secrets: read-only, under the
 * role of audit, which may see the rows of the key store and nothing more. No key is opened.
 */
export async function sealedUnder(stack: TestStack, hospitals: readonly Hospital[]): Promise<SealedUnder[]> {
  const home = homeFrom(stack.env);
  const secrets = await secretsOf(home);
  const role = databaseOf('audit');
  const { adminUrl } = locatePostgres(home, secrets, stack.env);
  const readOnly = (database: string) => {
    const url = new URL(databaseUrl(adminUrl, database, role, secrets.postgres.roles[role] ?? ''));
    url.searchParams.set('options', '-c default_transaction_read_only=on');
    return createPool(url.href, { max: 1, applicationName: 'anamnesis-show' });
  };
  const [audit, keys] = [readOnly(role), readOnly(keyDatabase)];
  try {
    const found: SealedUnder[] = [];
    for (const { tenant, message, patient } of hospitals) {
      const sealed = await audit.query<{ key: string }>(
        'SELECT key_id AS key FROM received_raw WHERE tenant = $1 AND event_id = $2',
        [tenant, message],
      );
      const stored = await keys.query<{ tenant: string; id: string }>(
        "SELECT tenant, owner || '.' || generation AS id FROM data_key WHERE owner = $1 ORDER BY tenant, generation",
        [patient],
      );
      const ids = stored.rows.map(row => `${row.tenant} ${row.id}`);
      found.push({ tenant, keyId: sealed.rows[0]?.key, stored: ids });
    }
    return found;
  } finally {
    await Promise.all([audit.end(), keys.end()]);
  }
}
