import { brokerUsers } from '@anamnesis/contracts';
import { loadOrCreateSecrets, type Secrets } from '@anamnesis/embedded';
import { databaseOf, keyDatabase } from './environment.js';
import type { Home } from './home.js';
import { services, tenants } from './services.js';

/** Services with a database, in the order of the catalogue. */
export const databaseServices: readonly string[] = services
  .filter(service => service.onTheLog)
  .map(service => service.name);

/** The stack's secrets, made at the first start. */
export function secretsOf(home: Home): Promise<Secrets> {
  const idp = services.find(service => service.name === 'idp');
  return loadOrCreateSecrets(home.secrets, {
    services: brokerUsers(),
    roles: [...databaseServices.map(databaseOf), keyDatabase],
    tenants,
    issuerOrigin: `http://127.0.0.1:${home.portBase + (idp?.portOffset ?? 0)}`,
  });
}
