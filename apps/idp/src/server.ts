import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Provider } from 'oidc-provider';
import { describeError, type Logger } from '@anamnesis/telemetry';
import type { IdpConfig } from './config.js';
import { frontPage, loginPage, warning } from './pages.js';
import { createTenantProvider } from './tenantProvider.js';

export interface RunningIdp {
  readonly address: string;
  stop(): Promise<void>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const longestForm = 8_192;

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > longestForm) return undefined;
  }
  return new URLSearchParams(text);
}

/** Shows the login page and, on the right password, ends the interaction. */
async function interact(
  { request, response }: Exchange,
  provider: Provider,
  tenant: string,
  { directory }: IdpConfig,
): Promise<void> {
  const details = await provider.interactionDetails(request, response).catch(() => undefined);
  if (!details)
    return answer(response, 400, 'text/plain', 'This login has expired: begin again at the application.\n');
  // Asked of every native client; this provider's only one is ours, so there is nothing to consent to.
  if (details.prompt.name === 'consent')
    return provider.interactionFinished(request, response, { consent: {} });
  if (request.method !== 'POST')
    return answer(response, 200, 'text/html', loginPage(tenant, details.uid, false));
  const form = await formOf(request);
  const user = directory.authenticate(tenant, form?.get('username') ?? '', form?.get('password') ?? '');
  if (!user) return answer(response, 401, 'text/html', loginPage(tenant, details.uid, true));
  return provider.interactionFinished(request, response, { login: { accountId: user.name } });
}

/**
 * Starts the development identity provider: one OpenID provider per tenant of the users file, each under its own
 * path and issuer. With port 0 the issuers need `IDP_ISSUER_BASE`, because their names are fixed before listening.
 */
export async function startIdp(config: IdpConfig, logger: Logger, clock: () => number): Promise<RunningIdp> {
  const providers = new Map(
    config.directory.tenants().map(tenant => [tenant, createTenantProvider(config, tenant, clock)]),
  );
  const callbacks = new Map([...providers].map(([tenant, provider]) => [tenant, provider.callback()]));
  for (const provider of providers.values())
    provider.on('server_error', (_ctx, error) => logger.error('idp.failed', describeError(error)));

  const route = async (exchange: Exchange): Promise<void> => {
    const { request, response } = exchange;
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/health/live' || path === '/health/ready')
      return answer(response, 200, 'application/json', '{"status":"ready","use":"development only"}\n');
    if (path === '/') {
      const issuers = config.directory.tenants().map(tenant => `${config.issuerBase}/${tenant}`);
      return answer(response, 200, 'text/html', frontPage(issuers));
    }
    const [, tenant = '', part = ''] = path.split('/');
    const provider = providers.get(tenant);
    const callback = callbacks.get(tenant);
    if (!provider || !callback) return answer(response, 404, 'text/plain', 'No such tenant here.\n');
    if (part === 'interaction') return interact(exchange, provider, tenant, config);
    // The provider finds its mount path by comparing the original address with the one it is given.
    Object.assign(request, { originalUrl: request.url });
    request.url = (request.url ?? '').slice(tenant.length + 1) || '/';
    return callback(request, response);
  };

  const server = createServer((request, response) => {
    route({ request, response }).catch((error: unknown) => {
      logger.error('idp.failed', describeError(error));
      if (!response.headersSent) answer(response, 500, 'text/plain', 'This request failed.\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const address = `http://${config.host}:${(server.address() as AddressInfo).port}`;
  logger.warn('idp.development-only', { sentence: warning });
  logger.info('http.listening', { address, pid: process.pid, count: providers.size });
  return {
    address,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}
