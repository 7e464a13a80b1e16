import type { ServiceDefinition } from '@anamnesis/service';
import { PersonsController } from './http/personsController.js';
import { service } from './names.js';
import { startIdentity } from './processing.js';

/** Identity: source records -> persons. */
export const identityService: ServiceDefinition = {
  name: service,
  controllers: [PersonsController],
  onStart: startIdentity,
};
