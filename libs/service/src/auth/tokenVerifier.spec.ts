import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { isCodedError } from '@anamnesis/contracts';
import { twoTenants } from '../testing.js';
import { createTokenVerifier, discoverKeys, type TokenVerifier } from './tokenVerifier.js';

const tenants = twoTenants();
const now = 1_767_225_600;
const issuer = (tenant: string): string => `http://issuer.test/${tenant}`;
const claims = { sub: 'nora', roles: ['clinician'], purposes: ['TREAT'] };

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Keys;
let strangers: Keys;
let verify: TokenVerifier;
let time = now;

beforeAll(async () => {
  ours = await generateKeyPair('ES256');
  strangers = await generateKeyPair('ES256');
  const keys = createLocalJWKSet({
    keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'k', alg: 'ES256' }],
  });
  verify = createTokenVerifier({
    tenants,
    audience: 'anamnesis',
    tokenType: 'at+jwt',
    clock: () => time * 1_000,
    keysOf: async () => keys,
  });
});
beforeEach(() => {
  time = now;
});

interface Shape {
  tenant?: string;
  payload?: JWTPayload;
  header?: object;
  audience?: string;
  lifetime?: number;
  notBefore?: number;
  key?: Keys['privateKey'] | Uint8Array;
}

async function token(shape: Shape = {}): Promise<string> {
  const jwt = new SignJWT(shape.payload ?? claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt', ...shape.header })
    .setIssuer(issuer(shape.tenant ?? 'demo'))
    .setAudience(shape.audience ?? 'anamnesis')
    .setIssuedAt(now)
    .setExpirationTime(now + (shape.lifetime ?? 600));
  if (shape.notBefore !== undefined) jwt.setNotBefore(now + shape.notBefore);
  return `Bearer ${await jwt.sign(shape.key ?? ours.privateKey)}`;
}

const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => (isCodedError(error) ? error.code : 'not coded'),
  );

describe('a token', () => {
  it.each(['demo', 'north'])('of %s names the caller and the tenant of its issuer', async tenant => {
    expect(await verify(await token({ tenant }))).toEqual({ ...claims, tenant });
  });

  it('may be five seconds off', async () => {
    expect(await codeOf(verify(await token({ lifetime: -4 })))).toBeUndefined();
    expect(await codeOf(verify(await token({ notBefore: 4 })))).toBeUndefined();
  });

  it('is not believed past its end, although it was verified before', async () => {
    const one = await token({ lifetime: 10 });
    await verify(one);
    time = now + 16;
    expect(await codeOf(verify(one))).toBe('ANM_UNAUTHENTICATED');
  });
});

describe('is refused:', () => {
  it.each<[string, Shape]>([
    ['expired', { lifetime: -6 }],
    ['not yet valid', { notBefore: 60 }],
    ['for another audience', { audience: 'other' }],
    ['of a tenant of another cell', { tenant: 'south' }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['under an unknown key id', { header: { kid: 'other' } }],
    ['without a subject', { payload: { roles: [], purposes: [] } }],
    ['without roles', { payload: { sub: 'nora' } }],
    ['with roles as a text', { payload: { sub: 'nora', roles: 'clinician' } }],
    ['with purposes that are no texts', { payload: { ...claims, purposes: [1] } }],
  ])('a token %s', async (_case, shape) => {
    expect(await codeOf(verify(await token(shape)))).toBe('ANM_UNAUTHENTICATED');
  });

  it('a token signed by a stranger', async () => {
    expect(await codeOf(verify(await token({ key: strangers.privateKey })))).toBe('ANM_UNAUTHENTICATED');
  });

  it('a token under a shared secret', async () => {
    const shared = { key: new Uint8Array(32), header: { alg: 'HS256' } };
    expect(await codeOf(verify(await token(shared)))).toBe('ANM_UNAUTHENTICATED');
  });

  it('a token changed on the way', async () => {
    const [head, , signature] = (await token()).split('.');
    const widened = Buffer.from(
      JSON.stringify({
        ...claims,
        roles: ['operator'],
        iss: issuer('demo'),
        aud: 'anamnesis',
        exp: now + 600,
      }),
    ).toString('base64url');
    expect(await codeOf(verify(`${head}.${widened}.${signature}`))).toBe('ANM_UNAUTHENTICATED');
  });

  it.each([undefined, '', 'Bearer', 'Bearer a.b.c', 'Basic bm9yYTpw', `Bearer ${'a'.repeat(9_000)}`])(
    'the header %s',
    async header => {
      expect(await codeOf(verify(header))).toBe('ANM_UNAUTHENTICATED');
    },
  );
});

describe('keys of an issuer', () => {
  it('that does not answer make the service unavailable, not the caller a stranger', async () => {
    const away = createTokenVerifier({
      tenants: twoTenants('http://127.0.0.1:1'),
      audience: 'anamnesis',
      tokenType: 'at+jwt',
      clock: () => now * 1_000,
      keysOf: discoverKeys(500),
    });
    const jwt = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer('http://127.0.0.1:1/demo')
      .sign(ours.privateKey);
    expect(await codeOf(away(`Bearer ${jwt}`))).toBe('ANM_ISSUER_UNAVAILABLE');
  });
});
