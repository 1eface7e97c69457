import { expect, test } from 'vitest';
import { normaliseMetrics } from '../../lib/network/metrics.js';

test('metrics are distinct, with every parameter filled in', () => {
  expect(
    normaliseMetrics(['accuracy', { type: 'f1', average: 'micro' }, 'topKAccuracy'], 'metrics'),
  ).toEqual([
    { type: 'accuracy' },
    { type: 'f1', average: 'micro', class: -1 },
    { type: 'topKAccuracy', k: 5 },
  ]);
  expect(() => normaliseMetrics(['accuracy', { type: 'accuracy' }], 'metrics')).toThrow(
    /^metrics\[1\]: expected each metric once/,
  );
});

test.each([
  ['accuracy', /^metrics: .*Write \['accuracy'\]/],
  [['acuracy'], /^metrics\[0\]: .*'accuracy'\?/],
  [[7], /^metrics\[0\]: expected the name of a metric or an object with its type/],
  [[{ type: 'f2' }], /^metrics\[0\]\.type: /],
  [
    [{ type: 'f1', average: 'weighted' }],
    /^metrics\[0\]\.average: expected one of macro and micro/,
  ],
  [[{ type: 'f1', k: 3 }], /^metrics\[0\]\.k: /],
  [['r2', { type: 'topKAccuracy', k: 0 }], /^metrics\[1\]\.k: expected a finite number >= 1/],
  [[{ type: 'topKAccuracy', k: 2.5 }], /^metrics\[0\]\.k: expected a whole number/],
])('metrics like %j are refused', (input, message) => {
  expect(() => normaliseMetrics(input, 'metrics')).toThrow(message);
});
