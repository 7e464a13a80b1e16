import fc from 'fast-check';
import { describeError } from './describeError.js';
import { logFieldNames, type LogFields } from './fields.js';
import { createLogger, type LogLevel } from './logger.js';

function logged(fields: LogFields, level: LogLevel = 'info'): Record<string, unknown>[] {
  const lines: string[] = [];
  const logger = createLogger('records', {
    level,
    clock: () => 1_767_225_600_000,
    write: line => void lines.push(line),
  });
  logger.info('batch.committed', fields);
  return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

describe('a log line', () => {
  it('carries time, level, service, event and the fields', () => {
    expect(logged({ topic: 'records.log', count: 3 })).toEqual([
      {
        time: '2026-01-01T00:00:00.000Z',
        level: 'info',
        service: 'records',
        event: 'batch.committed',
        topic: 'records.log',
        count: 3,
      },
    ]);
  });

  it('is not written below the level', () => {
    expect(logged({}, 'warn')).toEqual([]);
  });

  it('cuts long texts', () => {
    expect(logged({ reason: 'x'.repeat(500) })[0]?.['reason']).toHaveLength(200);
  });

  it('never carries a field or an object that is not on the list', () => {
    const names = fc
      .string({ minLength: 1 })
      .filter(name => !(logFieldNames as readonly string[]).includes(name));
    fc.assert(
      fc.property(names, fc.string(), (name, value) => {
        const [line] = logged({ [name]: value, topic: { patient: value } } as unknown as LogFields);
        expect(Object.keys(line ?? {}).sort()).toEqual([
          'droppedFields',
          'event',
          'level',
          'service',
          'time',
        ]);
        expect(line?.['droppedFields']).toBe(2);
      }),
    );
  });
});

describe('describeError', () => {
  it('shows our own sentence', () => {
    const error = Object.assign(new Error('The log ends early'), {
      name: 'ANM_X',
      code: 'ANM_X',
      disposition: 'stop',
    });
    expect(describeError(error)).toMatchObject({ code: 'ANM_X', sentence: 'The log ends early' });
  });

  it('never shows the text of a foreign error, which may quote data', () => {
    const error = Object.assign(new Error('Key (name)=(EVERYWOMAN)\nEVERYWOMAN'), { code: '23505' });
    const told = describeError(error);
    expect(told).toMatchObject({ errorName: 'Error', code: '23505' });
    expect(JSON.stringify(told)).not.toContain('EVERYWOMAN');
    expect(told.frames).toContain('logger.spec');
  });

  it('takes what is no error', () => {
    expect(describeError('EVERYWOMAN')).toEqual({ errorName: 'string' });
    expect(describeError(undefined)).toEqual({ errorName: 'undefined' });
  });
});
