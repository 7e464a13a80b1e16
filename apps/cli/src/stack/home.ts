import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where one stack keeps everything it writes, and which ports it takes. */
export interface Home {
  readonly root: string;
  readonly folder: string;
  readonly portBase: number;
  readonly kafka: string;
  readonly postgres: string;
  readonly secrets: string;
  readonly installed: string;
  logOf(name: string): string;
  recordOf(name: string): string;
  readonly logs: string;
  readonly run: string;
}

/** The checkout that this program was built in. */
export const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

/** Raised when ANAMNESIS_PORT_BASE is no port: an Error naming it. */
export function homeFrom(env: NodeJS.ProcessEnv = process.env): Home {
  const folder = resolve(env['ANAMNESIS_HOME'] ?? join(checkout, '.anamnesis'));
  const portBase = Number(env['ANAMNESIS_PORT_BASE'] ?? '7700');
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 65_400)
    throw new Error('ANAMNESIS_PORT_BASE must be a whole number from 1024 to 65400.');
  const within = (...parts: string[]) => join(folder, ...parts);
  return {
    root: checkout,
    folder,
    portBase,
    kafka: within('kafka'),
    postgres: within('postgres'),
    secrets: within('secrets'),
    installed: within('installed.json'),
    logs: within('logs'),
    run: within('run'),
    logOf: name => within('logs', `${name}.log`),
    recordOf: name => within('run', `${name}.json`),
  };
}
