import { loadTenants, parseTenants } from './tenants.js';

const key = Buffer.alloc(32, 7).toString('base64');
const demo = { idKey: key, masterKey: key, shard: 0, issuer: 'http://127.0.0.1:7700/demo' };
const north = { ...demo, shard: 1, issuer: 'http://127.0.0.1:7700/north' };
const text = (tenants: object): string => JSON.stringify({ tenants });

describe('tenants', () => {
  it('are found by name, shard and issuer', () => {
    const tenants = parseTenants(text({ demo, north }));
    expect(tenants.names()).toEqual(['demo', 'north']);
    expect(tenants.get('demo')?.idKey).toHaveLength(32);
    expect(tenants.byShard(1)?.name).toBe('north');
    expect(tenants.byIssuer(demo.issuer)?.name).toBe('demo');
    expect(tenants.byIssuer('http://127.0.0.1:7700/demo/')).toBeUndefined();
    expect(tenants.get('toString')).toBeUndefined();
  });

  it.each([
    ['{', 'not JSON'],
    ['null', 'without any tenant'],
    ['{}', 'without any tenant'],
    [text({ Demo: demo }), 'lower-case'],
    [text({ demo: null }), 'no shard'],
    [text({ demo: { ...demo, shard: 4 } }), 'no shard from 0 to 1'],
    [text({ demo: { ...demo, issuer: 'demo' } }), 'no issuer'],
    [text({ demo: { ...demo, idKey: 'c2hvcnQ=' } }), 'no idKey of 32 bytes'],
    [text({ demo: { ...demo, masterKey: 5 } }), 'no masterKey of 32 bytes'],
    [text({ demo, north: { ...north, shard: 0 } }), 'the same shard'],
    [text({ demo, north: { ...north, issuer: demo.issuer } }), 'the same issuer'],
  ])('refuse %s', (content, sentence) => {
    expect(() => parseTenants(content)).toThrow(sentence);
  });

  it('name the variable when the file cannot be read', () => {
    expect(() => loadTenants('/nowhere/tenants.json')).toThrow(
      'TENANT_SECRETS_FILE names a file that cannot be read',
    );
  });
});
