import { parseDirectory } from './directory.js';
import { parseKeys } from './signingKeys.js';

const nora = { name: 'nora', password: 'p', tenant: 'demo', roles: ['clinician'], purposes: ['TREAT'] };
const text = (users: unknown, clients?: unknown): string => JSON.stringify({ users, clients });

describe('the users file', () => {
  it('authenticates by tenant, name and password', () => {
    const directory = parseDirectory(text([nora, { ...nora, tenant: 'north', password: 'q' }]));
    expect(directory.tenants()).toEqual(['demo', 'north']);
    expect(directory.authenticate('demo', 'nora', 'p')?.tenant).toBe('demo');
    expect(directory.authenticate('demo', 'nora', 'q')).toBeUndefined();
    expect(directory.authenticate('demo', 'nobody', 'nobody')).toBeUndefined();
  });

  it.each([
    ['not JSON', '{', 'not JSON'],
    ['no users', '{}', 'no list "users"'],
    ['a user without a password', text([{ ...nora, password: undefined }]), 'entry 1 of "users" no password'],
    ['a user without roles', text([{ ...nora, roles: 'all' }]), 'entry 1 of "users" no list of roles'],
    ['a user twice', text([nora, nora]), 'twice'],
    ['a tenant that is no path', text([{ ...nora, tenant: 'a/b' }]), 'lower-case'],
    ['a client without a secret', text([nora], [{ id: 'c', tenant: 'demo' }]), 'entry 1 of "clients"'],
  ])('refuses %s in one sentence', (_case, content, sentence) => {
    expect(() => parseDirectory(content)).toThrow(sentence);
  });
});

describe('the keys file', () => {
  it('names the algorithm of its first private key', () => {
    expect(parseKeys('{"keys":[{"kty":"EC","crv":"P-256","d":"x"}]}').alg).toBe('ES256');
    expect(parseKeys('{"keys":[{"kty":"RSA","d":"x"}]}').alg).toBe('RS256');
  });

  it.each(['{', '{"keys":[]}', '{"keys":[{"kty":"EC","crv":"P-256"}]}', 'null'])('refuses %s', content => {
    expect(() => parseKeys(content)).toThrow(/IDP_KEYS_FILE/);
  });
});
