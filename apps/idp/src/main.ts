import { isCodedError } from '@anamnesis/contracts';
import { createLogger, describeError } from '@anamnesis/telemetry';
import { loadIdpConfig } from './config.js';
import { startIdp } from './server.js';

function giveUp(error: unknown): never {
  const taken = (error as { code?: unknown }).code === 'EADDRINUSE';
  const sentence = isCodedError(error)
    ? error.message
    : taken
      ? 'HTTP_PORT is taken by another process'
      : 'This is a defect, see the last log line';
  createLogger('idp').error('service.failed', describeError(error));
  process.stderr.write(`idp cannot start: ${sentence}.\n`);
  process.exit(1);
}

try {
  const config = loadIdpConfig(process.env);
  const logger = createLogger('idp', { level: config.logLevel });
  const idp = await startIdp(config, logger, Date.now);
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      logger.info('service.stopping', { signal });
      setTimeout(() => process.exit(1), 5_000).unref();
      void idp.stop().then(() => process.exit(0));
    });
} catch (error) {
  giveUp(error);
}
