import { purposeOf } from './purpose.js';

describe('purposeOf', () => {
  const named = (value: string | string[] | undefined) =>
    purposeOf({ headers: { 'x-purpose-of-use': value } });

  it('is what the header names', () => {
    expect(named('TREAT')).toBe('TREAT');
  });

  it.each([undefined, '', 'treat', 'TREAT,HOPERAT', 'EVERYWOMAN EVE', ['TREAT', 'HOPERAT'], 'X'.repeat(40)])(
    'is undefined for %j, which denies',
    value => {
      expect(named(value)).toBeUndefined();
    },
  );
});
