import { join, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keptPath } from '../../../lib/cli/run/runSettings.js';

describe('a path in the configuration of a run', () => {
  const whole = resolve('data', 'rows.csv');

  test('is relative to the folder of the run where it was typed relative', () => {
    expect(keptPath(join('data', 'rows.csv'), join('runs', '1'))).toBe('../../data/rows.csv');
    expect(keptPath('rows.csv', resolve('runs'))).toBe('../rows.csv');
    expect(keptPath(`.${sep}runs${sep}rows.csv`, 'runs')).toBe('rows.csv');
  });

  test('is whole where it was typed so', () => {
    expect(keptPath(whole, join('runs', '1'))).toBe(whole);
  });

  test('stays where it means the same file, however that is written', () => {
    const before = '../../data/rows.csv';
    expect(keptPath(whole, join('runs', '1'), before)).toBe(before);
    expect(keptPath(join('data', 'rows.csv'), resolve('runs', '1'), whole)).toBe(whole);
    expect(keptPath('other.csv', join('runs', '1'), before)).toBe('../../other.csv');
  });
});
