import { createLogger } from '@anamnesis/telemetry';
import { awaitStep } from './awaitReady.js';
import { configInvalid } from './errors.js';
import { refusalOf } from './refusal.js';

const failure = (facts: object, cause?: unknown): Error =>
  Object.assign(new Error('foreign text', { cause }), facts);

describe('refusalOf', () => {
  it.each([
    [failure({ code: '28P01' }), 'Postgres refuses the password: check DATABASE_URL'],
    [failure({ code: '3D000' }), 'Postgres has no such database'],
    [failure({ code: '42P01' }), 'run the migrations'],
    [failure({ name: 'KafkaJSSASLAuthenticationError' }), 'Kafka refuses the user or the password'],
    [failure({ code: 'ANM_LOG_UNAVAILABLE' }, failure({ name: 'KafkaJSSASLAuthenticationError' })), 'Kafka'],
    [configInvalid({ variable: 'X', problem: 'is wrong' }), 'X is wrong'],
  ])('knows what waiting cannot mend: %s', (error, sentence) => {
    expect(refusalOf(error)?.message).toContain(sentence);
  });

  it.each([
    failure({ code: 'ECONNREFUSED' }),
    failure({ code: '57P03' }),
    failure({ name: 'KafkaJSNumberOfRetriesExceeded' }),
    new Error('anything'),
    undefined,
    'text',
  ])('lets %s pass', error => {
    expect(refusalOf(error)).toBeUndefined();
  });
});

describe('awaitStep', () => {
  const lines: string[] = [];
  const options = {
    logger: createLogger('records', { write: line => void lines.push(line) }),
    signal: new AbortController().signal,
    firstPauseMs: 1,
  };

  it('tries until it succeeds, with one line for each failure', async () => {
    let attempts = 0;
    const attempt = async (): Promise<string> => {
      attempts += 1;
      if (attempts < 4) throw failure({ code: 'ECONNREFUSED' });
      return 'connected';
    };
    expect(await awaitStep('database', attempt, options)).toBe('connected');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('"code":"ECONNREFUSED"');
    expect(lines.join()).not.toContain('foreign text');
  });

  it('gives up at once on a refusal', async () => {
    const attempt = () => Promise.reject(failure({ code: '28P01' }));
    await expect(awaitStep('database', attempt, options)).rejects.toMatchObject({
      code: 'ANM_REFUSED_AT_START',
    });
  });

  it('gives up when the process stops', async () => {
    const stopping = new AbortController();
    const waiting = awaitStep('database', () => Promise.reject(failure({})), {
      ...options,
      signal: stopping.signal,
      firstPauseMs: 60_000,
    });
    stopping.abort(new Error('the service stops'));
    await expect(waiting).rejects.toThrow('the service stops');
  });
});
