import { brokerProperties, formatArguments } from './brokerConfig.js';
import { javaMajor } from './java.js';

const text = brokerProperties({
  dataDir: '/data',
  clientPort: 1,
  controllerPort: 2,
  admin: { username: 'admin', password: 'secret' },
});

describe('the settings of the broker', () => {
  it.each([
    'allow.everyone.if.no.acl.found=false',
    'auto.create.topics.enable=false',
    'log.message.timestamp.type=LogAppendTime',
    'sasl.enabled.mechanisms=SCRAM-SHA-512',
    'sasl.mechanism.controller.protocol=PLAIN',
    'super.users=User:admin',
    'listeners=CLIENT://127.0.0.1:1,CONTROLLER://127.0.0.1:2',
  ])('say %s', line => {
    expect(text.split('\n')).toContain(line);
  });

  it('let a record of 16 MiB pass, with room for its batch', () => {
    for (const name of ['message.max.bytes', 'replica.fetch.max.bytes'])
      expect(
        Number(new RegExp(`^${name.replaceAll('.', '\\.')}=(\\d+)$`, 'm').exec(text)?.[1]),
      ).toBeGreaterThan(16.5 * 1024 * 1024);
  });
});

it('formats with every user, one argument a line', () => {
  expect(
    formatArguments('id', '/p', [{ name: 'a', password: 'b' }])
      .split('\n')
      .slice(-3),
  ).toEqual(['--add-scram', 'SCRAM-SHA-512=[name=a,password=b]', '']);
});

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_202"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['something else', undefined],
])('reads the major version out of %s', (version, major) => {
  expect(javaMajor(version)).toBe(major);
});
