import { dueTime, instant, isDuration, milliseconds } from './dueTime.js';

const due = (from: string, duration: string, zone: string): string =>
  instant(dueTime(milliseconds(from), duration, zone));

describe('due times', () => {
  it.each([
    [
      '24 elapsed hours over the spring gap',
      '2026-03-07T12:00:00-05:00',
      'PT24H',
      'America/New_York',
      '2026-03-08T17:00:00.000Z',
    ],
    [
      'one calendar day over the spring gap',
      '2026-03-07T12:00:00-05:00',
      'P1D',
      'America/New_York',
      '2026-03-08T16:00:00.000Z',
    ],
    [
      'a day that would end inside the gap',
      '2026-03-28T02:30:00+01:00',
      'P1D',
      'Europe/Berlin',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'seven calendar days over the autumn overlap',
      '2026-10-20T09:00:00+02:00',
      'P7D',
      'Europe/Berlin',
      '2026-10-27T08:00:00.000Z',
    ],
    ['72 hours across a month end', '2026-01-30T08:00:00Z', 'PT72H', 'UTC', '2026-02-02T08:00:00.000Z'],
    ['a year from a leap day', '2028-02-29T00:00:00Z', 'P1Y', 'UTC', '2029-02-28T00:00:00.000Z'],
    ['a month from the 31st', '2026-01-31T10:00:00Z', 'P1M', 'UTC', '2026-02-28T10:00:00.000Z'],
  ])('%s', (_, from, duration, zone, expected) => {
    expect(due(from, duration, zone)).toBe(expected);
  });

  it('takes only positive ISO 8601 durations', () => {
    expect(['PT24H', 'P7D', 'P1DT2H'].every(isDuration)).toBe(true);
    expect(['', '24h', 'PT0S', '-PT1H', 'PT'].some(isDuration)).toBe(false);
  });
});
