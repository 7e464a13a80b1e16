import { hasCode } from '@anamnesis/contracts';
import { refusedAtStart } from './errors.js';

function chain(error: unknown): { name?: unknown; code?: unknown }[] {
  const found: { name?: unknown; code?: unknown }[] = [];
  for (let at = error; at instanceof Object && found.length < 6; at = (at as { cause?: unknown }).cause)
    found.push(at as { name?: unknown; code?: unknown });
  return found;
}

const postgres: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  '28P01': ['refuses the password', 'check DATABASE_URL and KEYS_DATABASE_URL'],
  '28000': ['refuses the user', 'check DATABASE_URL and KEYS_DATABASE_URL'],
  '3D000': ['has no such database', 'create the databases with ./anamnesis up or name an existing one'],
  '42P01': ['lacks a table that this version needs', 'run the migrations (./anamnesis up does)'],
  '42501': ['gives this role too few rights', 'grant them as ./anamnesis up does'],
};

/**
 * The one sentence for an error at start that waiting cannot mend: a wrong password, a missing database, a missing
 * schema. Undefined for everything that may pass.
 */
export function refusalOf(error: unknown): Error | undefined {
  for (const link of chain(error)) {
    if (link.name === 'KafkaJSSASLAuthenticationError')
      return refusedAtStart({
        what: 'Kafka',
        problem: 'refuses the user or the password',
        remedy: 'check KAFKA_USERNAME and KAFKA_PASSWORD',
      });
    const known = typeof link.code === 'string' ? postgres[link.code] : undefined;
    if (known) return refusedAtStart({ what: 'Postgres', problem: known[0], remedy: known[1] });
    if (hasCode(link, 'ANM_CONFIG_INVALID') || hasCode(link, 'ANM_REFUSED_AT_START')) return link as Error;
  }
  return undefined;
}
