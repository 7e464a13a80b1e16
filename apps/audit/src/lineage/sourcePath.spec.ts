import { describe, expect, it } from '@jest/globals';
import { isWithin, isWithinField } from './sourcePath.js';

describe('paths', () => {
  it.each([
    ['PID-11.3', 'PID-11[1].3', true],
    ['PID-11[2].3', 'PID-11', true],
    ['PID-11[2].3', 'PID-11.3', false],
    ['PID-7', 'PID-7.1', true],
    ['PID-7', 'PID-7.2', false],
    ['OBX[1]-5', 'OBX-5', true],
    ['OBX[2]-5', 'OBX-5', false],
    ['OBX[10]-5', 'OBX[1]-5', false],
    ['PID-11.3', 'PID-1', false],
    ['PID-5.1.2', 'PID-5', true],
    ['PID-5.1', 'PID', true],
  ])('the field %s lies within %s: %s', (path, wanted, expected) => {
    expect(isWithinField(path, wanted)).toBe(expected);
  });

  it('holds elements beneath a target', () => {
    expect(isWithin('Patient/x.name[0].family', 'Patient/x')).toBe(true);
    expect(isWithin('Patient/xy.name[0].family', 'Patient/x')).toBe(false);
  });
});
