import { readEnvironment, startService } from '@anamnesis/service';
import { gatewayDefinition } from './definition.js';
import { readReplication } from './durability.js';

const read = readEnvironment(process.env);

await startService(
  gatewayDefinition(({ config }) => ({
    profile: read.oneOf('ANAMNESIS_PROFILE', ['embedded', 'production'] as const, 'embedded'),
    mllpHost: read.text('MLLP_HOST', '127.0.0.1'),
    mllpPortOffset: read.whole('MLLP_PORT_OFFSET', { least: 0, most: 60_000, fallback: 0 }),
    replication: () => readReplication(config.kafka),
  })),
);
