import { loadConfig } from './config.js';

const right = {
  SERVICE: 'records',
  HTTP_PORT: '7704',
  KAFKA_BROKERS: '127.0.0.1:7792, other:7792',
  KAFKA_USERNAME: 'records',
  KAFKA_PASSWORD: 'kafka-secret',
  DATABASE_URL: 'postgres://anm_records:db-secret@127.0.0.1:7732/anm_records',
  KEYS_DATABASE_URL: 'postgres://anm_records:keys-secret@127.0.0.1:7732/anm_keys',
  TENANT_SECRETS_FILE: '/secrets/tenants.json',
};

describe('loadConfig', () => {
  it('reads the environment and fills the defaults', () => {
    expect(loadConfig(right)).toMatchObject({
      service: 'records',
      http: { host: '127.0.0.1', port: 7704 },
      kafka: { brokers: ['127.0.0.1:7792', 'other:7792'], prefix: 'anm', username: 'records' },
      oidc: { audience: 'anamnesis', tokenType: 'at+jwt' },
      logLevel: 'info',
      otlpEndpoint: undefined,
    });
  });

  it.each([
    [{ SERVICE: 'kitchen' }, /^SERVICE must be one of gateway/],
    [{ HTTP_PORT: undefined }, /^HTTP_PORT is not set/],
    [{ HTTP_PORT: '77o4' }, /^HTTP_PORT must be a whole number/],
    [{ HTTP_PORT: '70000' }, /^HTTP_PORT must be a whole number from 0 to 65535/],
    [{ KAFKA_BROKERS: 'localhost' }, /^KAFKA_BROKERS must be a comma list of host:port/],
    [{ KAFKA_BROKERS: 'a:1,,b:2' }, /^KAFKA_BROKERS has an empty item/],
    [{ KAFKA_PASSWORD: ' ' }, /^KAFKA_PASSWORD is missing/],
    [{ KAFKA_USERNAME: undefined }, /^KAFKA_USERNAME is missing/],
    [{ TOPIC_PREFIX: 'A B' }, /^TOPIC_PREFIX must be/],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must be a URL that begins with postgres:\/\//],
    [{ KEYS_DATABASE_URL: 'nothing' }, /^KEYS_DATABASE_URL must be a URL/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of debug, info, warn, error/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' }, /^OTEL_EXPORTER_OTLP_ENDPOINT must be a URL/],
    [{ HTTP_MAX_BODY_BYTES: '99999999999' }, /^HTTP_MAX_BODY_BYTES must be a whole number/],
  ])('refuses %j in one sentence that shows no value', (change, sentence) => {
    let message = '';
    try {
      loadConfig({ ...right, ...change });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(sentence);
    expect(message).not.toMatch(/secret|\n/);
  });
});
