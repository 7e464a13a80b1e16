import { readableLine } from './readableLog.js';

describe('a log line for people', () => {
  it.each([
    [
      'shows time of day, event and facts, and no level when it is info',
      '{"time":"2026-01-02T03:04:05.678Z","level":"info","service":"x","event":"step.done","ms":5,"step":"a"}',
      '03:04:05.678 step.done ms=5 step=a',
    ],
    [
      'shows a level that matters',
      '{"time":"2026-01-02T03:04:05.678Z","level":"error","event":"failed","facts":{"a":1}}',
      '03:04:05.678 ERROR failed facts={"a":1}',
    ],
    [
      'leaves a line of a server as it is',
      'LOG:  database system is ready',
      'LOG:  database system is ready',
    ],
    ['leaves broken JSON as it is', '{"time":', '{"time":'],
  ])('%s', (_, line, expected) => {
    expect(readableLine(line)).toBe(expected);
  });
});
