import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { adt, oru, resources, translated } from '../fixtures/fixture.js';
import { formatDateTime, parseTimestamp, toInstant } from './timestamp.js';
import { createZone } from './zone.js';
import { parseNumber } from './number.js';

const newYork = createZone('America/New_York');

describe('timestamps', () => {
  test.each([
    ['2026', '2026'],
    ['202603', '2026-03'],
    ['20260305', '2026-03-05'],
    ['2026030510', '2026-03-05T10:00:00+01:00'],
    ['202603051011', '2026-03-05T10:11:00+01:00'],
    ['20260305101112', '2026-03-05T10:11:12+01:00'],
    ['20260305101112.4', '2026-03-05T10:11:12.4+01:00'],
    ['20260305000000', '2026-03-05T00:00:00+01:00'],
    ['20260305240000', '2026-03-06T00:00:00+01:00'],
    ['20261231240000', '2027-01-01T00:00:00+01:00'],
  ])('%s keeps its precision', (sent, wanted) => {
    const t = parseTimestamp(sent);
    expect(t && formatDateTime(t, 60)).toBe(wanted);
  });

  test.each([
    '',
    '0000',
    '202613',
    '20260230',
    '2026030525',
    '202603052400011',
    '20260305240001',
    '20260305+9900',
    '2026-03-05',
  ])('"%s" is none', sent => expect(parseTimestamp(sent)).toBeUndefined());
});

describe('offset', () => {
  const start = (msh7: string, pv144: string) => {
    const text = adt('A01', {}, { 44: pv144 }).replace('20260305080100', msh7);
    const translation = translated(text, 'adt-main');
    const [encounter = {}] = resources(translation, 'Encounter');
    const { findings } = translation.payload;
    return { start: (encounter.period as { start: string }).start, rules: findings.map(one => one.rule) };
  };

  test('its own before that of MSH-7 before the zone of the sender', () => {
    expect(start('20260305080000+0200', '20260305070000+0500').start).toBe('2026-03-05T07:00:00+05:00');
    expect(start('20260305080000+0200', '20260305070000').start).toBe('2026-03-05T07:00:00+02:00');
    expect(start('20260305080000', '20260305070000').start).toBe('2026-03-05T07:00:00-05:00');
    expect(start('20260305080000', '20260705070000').start).toBe('2026-07-05T07:00:00-04:00');
  });

  test('a time that the clocks skipped is read with the offset before, with a finding', () => {
    expect(start('20260308', '20260308023000')).toEqual({
      start: '2026-03-08T02:30:00-05:00',
      rules: ['time/dst-gap'],
    });
  });

  test('a time that happened twice is the first, with a finding', () => {
    expect(start('20261101', '20261101013000')).toEqual({
      start: '2026-11-01T01:30:00-04:00',
      rules: ['time/dst-overlap'],
    });
  });

  test('the hours around a change are exact', () => {
    expect(newYork(Date.UTC(2026, 2, 8, 1, 59))).toEqual({ minutes: -300, kind: 'exact' });
    expect(newYork(Date.UTC(2026, 2, 8, 3, 0))).toEqual({ minutes: -240, kind: 'exact' });
    expect(newYork(Date.UTC(2026, 10, 1, 2, 0))).toEqual({ minutes: -300, kind: 'exact' });
  });

  test('agrees with luxon wherever a local time exists once', () => {
    const zones = [
      'America/New_York',
      'Europe/Vienna',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.date({ min: new Date('1980-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        (name, date) => {
          const given = createZone(name)(date.getTime());
          if (given.kind !== 'exact') return;
          const local = DateTime.fromMillis(date.getTime(), { zone: 'utc' }).setZone(name, {
            keepLocalTime: true,
          });
          expect(given.minutes).toBe(local.offset);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('effective time', () => {
  test.each([
    [{ 2: '20260305080000+0000', 6: '20260305070000+0000' }, '2026-03-05T07:00:00.000Z'],
    [{ 2: '20260305080000+0000', 6: 'soon' }, '2026-03-05T08:00:00.000Z'],
    [{ 2: '' }, '2026-03-05T13:01:00.000Z'],
  ])('of an event %p', (evn, wanted) => {
    expect(translated(adt('A08', {}, {}, evn), 'adt-main').payload.effectiveTime).toBe(wanted);
  });

  test('of a result is OBR-22, else MSH-7', () => {
    const time = (obr: Record<number, string>) =>
      translated(oru([{ 2: 'NM', 5: '1' }], obr), 'lab-results').payload.resources.at(-1)?.effectiveTime;
    expect(time({ 22: '20260305101400+0000' })).toBe('2026-03-05T10:14:00.000Z');
    expect(time({ 22: '' })).toBe('2026-03-05T10:15:00.000Z');
  });

  test('instants compare as text', () => {
    const t = parseTimestamp('20260305000000.5');
    expect(t && toInstant(t, 60)).toBe('2026-03-04T23:00:00.500Z');
  });
});

describe('numbers', () => {
  test.each([
    ['7.3', { value: 7.3 }],
    ['-2', { value: -2 }],
    ['.5', { value: 0.5 }],
    ['<5', { comparator: '<', value: 5 }],
    ['>= 10', { comparator: '>=', value: 10 }],
    ['1,234,567.25', { value: 1_234_567.25 }],
    ['1e3', { value: 1000 }],
    ['7.30', { value: 7.3, precision: 2 }],
    ['-0', { value: 0 }],
  ])('%s', (text, wanted) => expect(parseNumber(text)).toEqual(wanted));

  test.each(['', '<', 'NEG', '1,2', '1.2.3', '12345678901234567', '1e999', '5 mg'])('"%s" is none', text =>
    expect(parseNumber(text)).toBeUndefined(),
  );
});
