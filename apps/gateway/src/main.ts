import { createLate, readEnvironment, startService } from '@anamnesis/service';
import { readReplication } from './durability.js';
import { GATEWAY, startGateway, type Gateway } from './gateway.js';
import { hl7ContentTypes, InterfacesController } from './http/interfacesController.js';
import { MessagesController } from './http/messagesController.js';

const gateway = createLate<Gateway>('The gateway');
const read = readEnvironment(process.env);

await startService({
  name: 'gateway',
  controllers: [InterfacesController, MessagesController],
  providers: [{ provide: GATEWAY, useValue: gateway }],
  rawContentTypes: hl7ContentTypes,
  async onStart(context, hold) {
    gateway.set(
      await startGateway(context, hold, {
        profile: read.oneOf('ANAMNESIS_PROFILE', ['embedded', 'production'] as const, 'embedded'),
        mllpHost: read.text('MLLP_HOST', '127.0.0.1'),
        mllpPortOffset: read.whole('MLLP_PORT_OFFSET', { least: 0, most: 60_000, fallback: 0 }),
        replication: () => readReplication(context.config.kafka),
      }),
    );
  },
});
