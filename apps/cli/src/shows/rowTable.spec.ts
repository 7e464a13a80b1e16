import { rowTable } from './rowTable.js';

describe('a table of rows', () => {
  it('aligns columns and names what is missing, false or a list', () => {
    expect(
      rowTable([
        { service: 'gateway', lost: 0, held: true },
        { service: 'idp', held: false, notes: ['a', 'b'] },
      ]),
    ).toEqual(['  service  lost  held  notes', '  gateway  0     yes   -', '  idp      -     NO    a, b']);
  });

  it('cuts what is too long for a line', () => {
    const [, line = ''] = rowTable([{ found: 'x'.repeat(200) }]);
    expect(line).toHaveLength(98);
    expect(line.endsWith('…')).toBe(true);
  });

  it('is empty but for its head without rows', () => {
    expect(rowTable([])).toEqual(['']);
  });
});
