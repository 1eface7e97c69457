import { describe, expect, test } from 'vitest';
import {
  formatDuration,
  formatNumber,
  formatRate,
  painted,
  plural,
} from '../../lib/terminal/style.js';
import { printing } from './collector.js';

describe('numbers and colours', () => {
  test.each([
    [plural(1, 'row'), '1 row'],
    [plural(2000, 'row'), '2,000 rows'],
    [formatNumber(0), '0'],
    [formatNumber(0.123456), '0.1235'],
    [formatNumber(12345.6), '12345.6'],
    [formatNumber(1e-7), '1.000e-7'],
    [formatNumber(-2e9), '-2.000e+9'],
    [formatRate(950.4), '950'],
    [formatRate(12_340), '12.3k'],
    [formatRate(456_700), '457k'],
    [formatRate(4.56e6), '4.56M'],
    [formatDuration(7), '0:07'],
    [formatDuration(3723), '1:02:03'],
  ])('writes %s', (text, expected) => expect(text).toBe(expected));

  test.each([
    [80, {}, true],
    [80, { NO_COLOR: '1' }, false],
    [80, { NO_COLOR: '' }, true],
    [80, { TERM: 'dumb' }, false],
    [undefined, {}, false],
    [undefined, { FORCE_COLOR: '1' }, true],
    [undefined, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('on %j with %j colours: %j', (columns, environment, colored) => {
    const { printer, seen } = printing(columns, environment);
    printer.line(painted('red', 'x'));
    expect(seen.text).toBe(colored ? '\u001b[31mx\u001b[39m\n' : 'x\n');
  });
});
