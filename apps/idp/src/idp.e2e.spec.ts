import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenVerifier, parseTenants, type TokenVerifier } from '@anamnesis/service';
import { createLogger } from '@anamnesis/telemetry';
import { loadIdpConfig } from './config.js';
import { startIdp, type RunningIdp } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'anamnesis-idp-'));
const user = (name: string, tenant: string, roles: string[], purposes: string[]) => ({
  name,
  tenant,
  roles,
  purposes,
  password: `${name} of ${tenant}`,
});
const users = ['demo', 'north'].flatMap(tenant => [
  user('nora', tenant, ['clinician', 'registrar'], ['TREAT']),
  user('ivan', tenant, ['integrator', 'operator'], ['HOPERAT']),
]);
const clients = [
  { id: 'simulator', secret: 'simulator-secret', tenant: 'demo', roles: ['service'], purposes: ['TREAT'] },
];

let idp: RunningIdp;
let base: string;
let verify: TokenVerifier;
const lines: string[] = [];

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function environment(port: number): Record<string, string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'ES256' };
  writeFileSync(join(folder, 'users.json'), JSON.stringify({ users, clients }));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys: [key] }));
  return {
    HTTP_PORT: String(port),
    IDP_USERS_FILE: join(folder, 'users.json'),
    IDP_KEYS_FILE: join(folder, 'keys.json'),
  };
}

beforeAll(async () => {
  const config = loadIdpConfig(environment(await freePort()));
  base = config.issuerBase;
  idp = await startIdp(config, createLogger('idp', { write: line => void lines.push(line) }), Date.now);
  const secret = () => randomBytes(32).toString('base64');
  const entry = (tenant: string, shard: number) => [
    tenant,
    { idKey: secret(), masterKey: secret(), shard, issuer: `${base}/${tenant}` },
  ];
  verify = createTokenVerifier({
    tenants: parseTenants(
      JSON.stringify({ tenants: Object.fromEntries([entry('demo', 0), entry('north', 1)]) }),
    ),
    audience: 'anamnesis',
    tokenType: 'at+jwt',
    clock: Date.now,
  });
});
afterAll(async () => {
  await idp.stop();
  rmSync(folder, { recursive: true });
});

async function tokenOf(
  tenant: string,
  form: Record<string, string>,
): Promise<{ status: number; access_token?: string; error?: string }> {
  const answer = await fetch(`${base}/${tenant}/token`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: answer.status, ...((await answer.json()) as object) };
}

const password = (name: string, text: string) => ({
  grant_type: 'password',
  client_id: 'anamnesis-cli',
  username: name,
  password: text,
});

describe('password grant', () => {
  it.each(['demo', 'north'])('gives a user of %s a token by its own issuer', async tenant => {
    const token = await tokenOf(tenant, password('nora', `nora of ${tenant}`));
    expect(await verify(`Bearer ${token.access_token}`)).toEqual({
      sub: 'nora',
      tenant,
      roles: ['clinician', 'registrar'],
      purposes: ['TREAT'],
    });
  });

  it('refuses a wrong password, a wrong name and the password of the other tenant', async () => {
    for (const attempt of [
      password('nora', 'guess'),
      password('nobody', 'nora of demo'),
      password('nora', 'nora of north'),
    ])
      expect(await tokenOf('demo', attempt)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it('knows no other resource', async () => {
    const form = { ...password('nora', 'nora of demo'), resource: 'urn:other' };
    expect(await tokenOf('demo', form)).toMatchObject({ status: 400, error: 'invalid_target' });
  });
});

describe('client credentials', () => {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'simulator',
    client_secret: 'simulator-secret',
  };

  it('gives a program its own rights, in its own tenant alone', async () => {
    const basic = (secret: string) => `Basic ${Buffer.from(`simulator:${secret}`).toString('base64')}`;
    const ask = (tenant: string, secret: string) =>
      fetch(`${base}/${tenant}/token`, {
        method: 'POST',
        headers: { authorization: basic(secret) },
        body: new URLSearchParams({ grant_type: form.grant_type }),
      });
    const given = (await (await ask('demo', 'simulator-secret')).json()) as { access_token: string };
    expect(await verify(`Bearer ${given.access_token}`)).toEqual({
      sub: 'simulator',
      tenant: 'demo',
      roles: ['service'],
      purposes: ['TREAT'],
    });
    expect((await ask('demo', 'wrong')).status).toBe(401);
    expect((await ask('north', 'simulator-secret')).status).toBe(401);
  });
});

describe('authorization code with PKCE', () => {
  const redirectUri = 'http://127.0.0.1:9/callback';
  const verifier = randomBytes(32).toString('base64url');
  const jar = new Map<string, string>();

  /** One step of a browser: sends the jar's cookies, keeps new ones, follows nothing. */
  async function step(url: string, body?: URLSearchParams): Promise<{ answer: Response; next: string }> {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body ? { method: 'POST', body } : {}),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const next = answer.headers.get('location');
    return { answer, next: next === null ? '' : new URL(next, url).href };
  }

  async function code(): Promise<string> {
    jar.clear();
    const authorize = new URL(`${base}/demo/auth`);
    authorize.search = new URLSearchParams({
      client_id: 'anamnesis-cli',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirectUri,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    const login = (await step(authorize.href)).next;
    expect(login).toContain('/demo/interaction/');
    expect(await (await step(login)).answer.text()).toContain('For development only');
    const wrong = await step(login, new URLSearchParams({ username: 'nora', password: 'guess' }));
    expect(wrong.answer.status).toBe(401);
    const right = await step(login, new URLSearchParams({ username: 'nora', password: 'nora of demo' }));
    expect(right.answer.status).toBe(303);
    const consent = (await step(right.next)).next;
    const resume = (await step(consent)).next;
    const { next } = await step(resume);
    expect(next.startsWith(redirectUri)).toBe(true);
    return new URL(next).searchParams.get('code') ?? '';
  }

  const redeem = async (codeText: string) => ({
    grant_type: 'authorization_code',
    client_id: 'anamnesis-cli',
    code: codeText,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });

  it('logs a user in and gives a token', async () => {
    const token = await tokenOf('demo', await redeem(await code()));
    expect(await verify(`Bearer ${token.access_token}`)).toMatchObject({ sub: 'nora', tenant: 'demo' });
  });

  it('redeems no code of another tenant, where a user of the same name exists', async () => {
    expect(await tokenOf('north', await redeem(await code()))).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('the process', () => {
  it('says what it is for', async () => {
    expect(await (await fetch(base)).text()).toContain('For development only');
    expect(lines.some(line => line.includes('idp.development-only'))).toBe(true);
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
    expect((await fetch(`${base}/elsewhere/token`)).status).toBe(404);
  });

  it('refuses to run in production', () => {
    expect(() => loadIdpConfig({ ...environment(1), NODE_ENV: 'production' })).toThrow(/development only/);
  });
});
