import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { meantPaths, sameValue, valueAt } from './elementPath.js';

describe('element paths', () => {
  const patient = { name: [{ family: 'A', given: ['B', 'C'] }], active: false };

  it('reads values through lists', () => {
    expect(valueAt(patient, 'name[0].given[1]')).toBe('C');
    expect(valueAt(patient, 'active')).toBe(false);
    expect(valueAt(patient, 'name[1].family')).toBeUndefined();
    expect(valueAt(undefined, 'name')).toBeUndefined();
  });

  it('understands a path without indices where it means one element', () => {
    const paths = ['name[0].family', 'name[0].given[0]', 'name[0].given[1]', 'gender'];
    expect(meantPaths(paths, 'name.family')).toEqual(['name[0].family']);
    expect(meantPaths(paths, 'name[0].given')).toEqual(['name[0].given[0]', 'name[0].given[1]']);
    expect(meantPaths(paths, 'name.given')).toEqual(['name[0].given[0]', 'name[0].given[1]']);
    expect(meantPaths(paths, 'gend')).toEqual([]);
  });

  it('compares JSON values whatever the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(sameValue(value, turned)).toBe(true);
        expect(sameValue({ ...value, own: 1 }, { ...value, own: 2 })).toBe(false);
      }),
    );
    expect(sameValue([], {})).toBe(false);
  });
});
