import { createLogger, describeError } from '@anamnesis/telemetry';
import { isCodedError } from '@anamnesis/contracts';
import { bootService, type RunningService, type ServiceDefinition } from './service.js';

/** A stop that takes longer than its steps may is cut off here. */
const longestStopMs = 9_500;

/** One sentence for the person at the screen, one line for the log, and the process ends. */
function giveUp(name: string, error: unknown): never {
  const sentence = isCodedError(error) ? error.message : 'This is a defect, see the last log line';
  createLogger(name).error('service.failed', describeError(error));
  process.stderr.write(`${name} cannot start: ${sentence}.\n`);
  process.exit(1);
}

/**
 * The `main` of a service: boots it, stops it in order on SIGTERM and SIGINT, and ends the process with one sentence
 * when the configuration is wrong or a server refuses it.
 */
export async function startService(definition: ServiceDefinition): Promise<RunningService> {
  const { name } = definition;
  let running: RunningService;
  try {
    running = await bootService(definition);
  } catch (error) {
    giveUp(name, error);
  }
  const { logger } = running.context;
  let leaving = false;
  const leave = (signal: string): void => {
    if (leaving) return;
    leaving = true;
    logger.info('service.stopping', { signal });
    setTimeout(() => process.exit(1), longestStopMs).unref();
    void running.stop().finally(() => process.exit(0));
  };
  process.on('SIGTERM', () => leave('SIGTERM'));
  process.on('SIGINT', () => leave('SIGINT'));
  process.on('unhandledRejection', error => {
    logger.error('process.unhandled-rejection', describeError(error));
    leave('unhandledRejection');
  });
  running.started.catch((error: unknown) => {
    if (!leaving) void running.stop().finally(() => giveUp(name, error));
  });
  return running;
}
