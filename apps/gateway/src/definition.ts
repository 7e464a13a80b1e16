import { createLate, type Late, type ServiceContext, type ServiceDefinition } from '@anamnesis/service';
import { GATEWAY, startGateway, type Gateway, type GatewayOptions } from './gateway.js';
import { hl7ContentTypes, InterfacesController } from './http/interfacesController.js';
import { MessagesController } from './http/messagesController.js';

/** The gateway as a service. `late` holds it once it has caught up with its own log. */
export function gatewayDefinition(
  options: (context: ServiceContext) => GatewayOptions,
  late: Late<Gateway> = createLate<Gateway>('The gateway'),
): ServiceDefinition {
  return {
    name: 'gateway',
    controllers: [InterfacesController, MessagesController],
    providers: [{ provide: GATEWAY, useValue: late }],
    rawContentTypes: hl7ContentTypes,
    async onStart(context, hold) {
      late.set(await startGateway(context, hold, options(context)));
    },
  };
}
