import { errors, Provider, type OidcContext, type IssuedToken, type ResourceServerInfo } from 'oidc-provider';
import type { IdpConfig } from './config.js';
import type { Directory } from './directory.js';
import { createMemoryStore } from './memoryStore.js';

/** What clients may name as `resource`; it is also the default, so they need not. */
export const resourceIndicator = 'urn:anamnesis';
/** Public client of the command line: password grant, and code with PKCE on a loopback address. */
export const commandLineClient = 'anamnesis-cli';

const tokenSeconds = 3_600;

function resourceServer({ audience, keys }: IdpConfig): ResourceServerInfo {
  return {
    scope: '',
    audience,
    accessTokenTTL: tokenSeconds,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: keys.alg } },
  };
}

function clientsOf(directory: Directory, tenant: string): object[] {
  return [
    {
      client_id: commandLineClient,
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      grant_types: ['authorization_code', 'password'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/callback'],
    },
    ...directory.clients(tenant).map(({ id, secret }) => ({
      client_id: id,
      client_secret: secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    })),
  ];
}

/**
 * Development only: exchanges a user's name and password for a token, so that the command line can act as a named
 * user without a browser. OAuth 2.1 has dropped this grant.
 */
function passwordGrant(config: IdpConfig, tenant: string): (ctx: OidcContext) => Promise<void> {
  return async ctx => {
    const { client, params, provider } = ctx.oidc;
    const { username = '', password = '', resource = resourceIndicator } = params;
    if (resource !== resourceIndicator) throw new errors.InvalidTarget();
    const user = config.directory.authenticate(tenant, username, password);
    if (!user) throw new errors.InvalidGrant('user name or password is wrong');
    const grant = new provider.Grant({ accountId: user.name, clientId: client.clientId });
    const token = new provider.AccessToken({
      accountId: user.name,
      client,
      grantId: await grant.save(),
      gty: 'password',
    });
    token.resourceServer = new provider.ResourceServer(resourceIndicator, resourceServer(config));
    ctx.oidc.entity('AccessToken', token);
    ctx.body = {
      access_token: await token.save(),
      expires_in: token.expiration,
      token_type: token.tokenType,
    };
  };
}

/** The users of this provider have no consent to give: their clients are ours. */
async function grantWithoutAsking(ctx: OidcContext): Promise<unknown> {
  const { client, provider, result, session } = ctx.oidc;
  const known = result?.consent?.grantId ?? session?.grantIdFor(client.clientId);
  if (known) return provider.Grant.find(known);
  if (!session) return undefined;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope('openid');
  await grant.save();
  return grant;
}

/** The OpenID provider of one tenant: own issuer, own users, own sessions, the same code. */
export function createTenantProvider(config: IdpConfig, tenant: string, clock: () => number): Provider {
  const { directory, keys, issuerBase } = config;
  const rightsOf = ({ accountId, clientId }: IssuedToken) =>
    accountId === undefined
      ? directory.clients(tenant).find(client => client.id === clientId)
      : directory.user(tenant, accountId);
  const provider = new Provider(`${issuerBase}/${tenant}`, {
    adapter: createMemoryStore(clock),
    clients: clientsOf(directory, tenant),
    jwks: keys.jwks,
    clientDefaults: { id_token_signed_response_alg: keys.alg },
    scopes: ['openid'],
    pkce: { required: () => true },
    cookies: {
      names: {
        session: `anm_${tenant}_session`,
        interaction: `anm_${tenant}_interaction`,
        resume: `anm_${tenant}_resume`,
      },
      keys: [String(keys.jwks.keys[0]?.['d'])],
    },
    ttl: {
      AccessToken: tokenSeconds,
      ClientCredentials: tokenSeconds,
      IdToken: tokenSeconds,
      Grant: 12 * tokenSeconds,
      Session: 12 * tokenSeconds,
      Interaction: 600,
    },
    interactions: {
      url: (_ctx: OidcContext, { uid }: { uid: string }) => `/${tenant}/interaction/${uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resourceIndicator,
        useGrantedResource: () => true,
        getResourceServerInfo(_ctx: OidcContext, resource: string) {
          if (resource !== resourceIndicator) throw new errors.InvalidTarget();
          return resourceServer(config);
        },
      },
    },
    clientBasedCORS: () => false,
    findAccount: (_ctx: OidcContext, name: string) =>
      directory.user(tenant, name) && { accountId: name, claims: () => ({ sub: name }) },
    loadExistingGrant: grantWithoutAsking,
    extraTokenClaims(_ctx: OidcContext, token: IssuedToken) {
      const rights = rightsOf(token);
      return { roles: rights?.roles ?? [], purposes: rights?.purposes ?? [] };
    },
    renderError(ctx: OidcContext, out: { error: string; error_description?: string }) {
      ctx.type = 'text/plain';
      ctx.body = `Development identity provider: ${out.error} (${out.error_description ?? 'no detail'})\n`;
    },
  });
  provider.registerGrantType('password', passwordGrant(config, tenant), ['username', 'password', 'resource']);
  return provider;
}
