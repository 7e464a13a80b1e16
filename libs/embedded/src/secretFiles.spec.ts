import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DevelopmentUser } from './developmentUsers.js';
import { loadOrCreateSecrets, type SecretsSpec } from './secretFiles.js';

const spec: SecretsSpec = {
  services: ['gateway'],
  roles: ['anm_gateway'],
  tenants: [
    { name: 'demo', shard: 0 },
    { name: 'north', shard: 1 },
  ],
  issuerOrigin: 'http://127.0.0.1:7700',
};

describe('the secrets of a stack', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anamnesis-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const content = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as unknown;

  it('stay what they were, and new services get their own', async () => {
    const first = await loadOrCreateSecrets(folder, spec);
    const keys = await content(first.files.IDP_KEYS_FILE);
    const more = { ...spec, services: ['gateway', 'records'], roles: ['anm_gateway', 'anm_records'] };
    const second = await loadOrCreateSecrets(folder, more);
    expect(second.broker.users['gateway']).toBe(first.broker.users['gateway']);
    expect(second.broker.admin).toBe(first.broker.admin);
    expect(second.postgres.superuser).toBe(first.postgres.superuser);
    expect(second.broker.users['records']).toMatch(/^\w{32}$/);
    expect(await content(first.files.IDP_KEYS_FILE)).toEqual(keys);
  });

  it('are readable by their owner alone', async () => {
    const { files } = await loadOrCreateSecrets(folder, spec);
    for (const file of [...Object.values(files), join(folder, 'broker.json'), join(folder, 'postgres.json')])
      expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('give each tenant keys of its own, and keep them when the ports move', async () => {
    interface Tenants {
      tenants: Record<string, { idKey: string; masterKey: string; issuer: string; shard: number }>;
    }
    const { files } = await loadOrCreateSecrets(folder, spec);
    const before = (await content(files.TENANT_SECRETS_FILE)) as Tenants;
    await loadOrCreateSecrets(folder, { ...spec, issuerOrigin: 'http://127.0.0.1:8800' });
    const after = (await content(files.TENANT_SECRETS_FILE)) as Tenants;
    const { demo, north } = before.tenants;
    expect(new Set([demo?.idKey, demo?.masterKey, north?.idKey, north?.masterKey]).size).toBe(4);
    expect(after.tenants['demo']).toEqual({ ...demo, issuer: 'http://127.0.0.1:8800/demo' });
  });

  it('name the same users in every tenant, each with a password of its own', async () => {
    const { files } = await loadOrCreateSecrets(folder, spec);
    const { users } = (await content(files.IDP_USERS_FILE)) as { users: DevelopmentUser[] };
    expect(users.map(user => `${user.tenant}/${user.name}`).sort()).toEqual(
      ['demo', 'north'].flatMap(tenant => ['ada', 'ivan', 'nora', 'simon'].map(name => `${tenant}/${name}`)),
    );
    expect(new Set(users.map(user => user.password)).size).toBe(users.length);
  });
});
