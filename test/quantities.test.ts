import { expect, test } from 'vitest';
import { formatBytes, formatCount } from '../lib/quantities.js';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1_234_567, '1,234,567'],
  [2 ** 53, '9,007,199,254,740,992'],
  [41.6, '42'],
])('%d is the count %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [36_500, '36.5 kB'],
  [1_640_000, '1.64 MB'],
  [2.5e9, '2.50 GB'],
  [3e12, '3.00 TB'],
  [2e15, '2000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
