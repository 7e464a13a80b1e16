import type { Secrets } from '@anamnesis/embedded';
import { databaseUrl, environmentOf } from './environment.js';
import { homeFrom } from './home.js';
import { services } from './services.js';

const secrets: Secrets = {
  broker: { admin: 'broker-admin', users: { gateway: 'broker-gateway', records: 'broker-records' } },
  postgres: {
    superuser: 'postgres-admin',
    roles: { anm_gateway: 'role-gateway', anm_records: 'role-records', anm_keys: 'role-keys' },
  },
  files: { TENANT_SECRETS_FILE: '/s/tenants', IDP_USERS_FILE: '/s/users', IDP_KEYS_FILE: '/s/keys' },
};
const stack = {
  home: homeFrom({ ANAMNESIS_HOME: '/home', ANAMNESIS_PORT_BASE: '8000' }),
  servers: {
    brokers: 'broker:9092',
    prefix: 'ward',
    postgresAdminUrl: 'postgres://postgres:postgres-admin@db:5432/postgres',
  },
  secrets,
  env: {
    PATH: '/bin',
    LOG_LEVEL: 'debug',
    KAFKA_ADMIN_PASSWORD: 'foreign-admin',
    DATABASE_URL: 'postgres://foreign-admin@db/postgres',
    SIMULATOR_RATE: '2',
  },
};
const of = (name: string) =>
  environmentOf(services.find(s => s.name === name) as (typeof services)[number], stack);

describe('the environment of a service', () => {
  it('holds its own logins and addresses', () => {
    expect(of('gateway')).toMatchObject({
      SERVICE: 'gateway',
      HTTP_PORT: '8001',
      KAFKA_BROKERS: 'broker:9092',
      KAFKA_USERNAME: 'ward.gateway',
      KAFKA_PASSWORD: 'broker-gateway',
      TOPIC_PREFIX: 'ward',
      DATABASE_URL: 'postgres://anm_gateway:role-gateway@db:5432/anm_gateway',
      KEYS_DATABASE_URL: 'postgres://anm_gateway:role-gateway@db:5432/anm_keys',
      TENANT_SECRETS_FILE: '/s/tenants',
      LOG_LEVEL: 'debug',
      PATH: '/bin',
    });
  });

  it.each(services.map(service => service.name))(
    'gives %s no secret of an administrator or a neighbour',
    name => {
      const values = Object.values(of(name)).join('\n');
      const own = new Set([`broker-${name}`, `role-${name}`]);
      for (const secret of ['broker-gateway', 'broker-records', 'role-gateway', 'role-records'])
        if (!own.has(secret)) expect(values).not.toContain(secret);
      for (const secret of ['broker-admin', 'postgres-admin', 'foreign-admin', 'role-keys'])
        expect(values).not.toContain(secret);
    },
  );

  it('gives the identity provider and the simulator neither log nor database', () => {
    for (const name of ['idp', 'simulator'])
      expect(Object.keys(of(name))).not.toEqual(expect.arrayContaining(['KAFKA_BROKERS', 'DATABASE_URL']));
    expect(of('idp')).toMatchObject({ IDP_USERS_FILE: '/s/users', IDP_KEYS_FILE: '/s/keys' });
    expect(of('gateway')).not.toHaveProperty('IDP_KEYS_FILE');
  });
});

it('writes a password into a database URL so that any character survives', () => {
  const url = databaseUrl('postgres://a:b@db:1/x?sslmode=require', 'd', 'r', 'p@ss/w#rd');
  expect(decodeURIComponent(new URL(url).password)).toBe('p@ss/w#rd');
  expect(new URL(url).search).toBe('?sslmode=require');
});
