import { readFileSync } from 'node:fs';
import { logLevels, type LogLevel } from '@anamnesis/telemetry';
import { configInvalid } from '@anamnesis/service/errors';
import { readEnvironment, type Environment } from '@anamnesis/service/environment';
import { parseDirectory, type Directory } from './directory.js';
import { parseKeys, type SigningKeys } from './signingKeys.js';

export interface IdpConfig {
  readonly host: string;
  readonly port: number;
  /** Issuer of a tenant is this base, a slash and the tenant's name. */
  readonly issuerBase: string;
  readonly audience: string;
  readonly directory: Directory;
  readonly keys: SigningKeys;
  readonly logLevel: LogLevel;
}

function fileOf(env: Environment, variable: string): string {
  try {
    return readFileSync(readEnvironment(env).text(variable), 'utf8');
  } catch (error) {
    if (error instanceof Object && 'facts' in error) throw error;
    throw configInvalid({ variable, problem: 'names a file that cannot be read' });
  }
}

/**
 * Reads and checks the environment of the development identity provider.
 * Raised when a variable or a file is wrong, and whenever NODE_ENV is `production`: `ANM_CONFIG_INVALID`.
 */
export function loadIdpConfig(env: Environment): IdpConfig {
  if (env['NODE_ENV'] === 'production')
    throw configInvalid({
      variable: 'NODE_ENV',
      problem:
        'is production: this identity provider is for development only, use an OpenID provider of your own',
    });
  const read = readEnvironment(env);
  const host = read.text('HTTP_HOST', '127.0.0.1');
  const port = read.whole('HTTP_PORT', { least: 0, most: 65_535 });
  return {
    host,
    port,
    issuerBase: read.optional('IDP_ISSUER_BASE')?.replace(/\/+$/, '') ?? `http://${host}:${port}`,
    audience: read.text('OIDC_AUDIENCE', 'anamnesis'),
    directory: parseDirectory(fileOf(env, 'IDP_USERS_FILE')),
    keys: parseKeys(fileOf(env, 'IDP_KEYS_FILE')),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, 'info'),
  };
}
