import { expect, test } from 'vitest';
import { statisticsLines } from '../../../lib/cli/train/statisticsText.js';
import type { TrainingStatistics } from '../../../lib/index.js';

const layer = (path: string) => ({
  ...{ path, type: 'dense', isOutput: false, deadUnits: 0.109, saturated: null },
  outputs: { mean: 0.4672, std: 0.917, minimum: -1, maximum: 2 },
  ...{ gradients: { norm: 0.5353 }, outputGradients: { norm: 1 }, updateRatio: 0.0006535 },
});
const statistics = {
  ...{ epoch: 3, update: 42, rows: 256, layers: [layer('layers[0]'), layer('layers[1]')] },
} as unknown as TrainingStatistics;

test('statistics of layers have a line for each', () => {
  const lines = statisticsLines(statistics);
  expect(lines[0]).toBe('Layers after epoch 3, over 256 rows:');
  expect(lines).toHaveLength(5);
  expect(lines[3]).toMatch(
    /^ {2}layers\[0\] +dense +0\.4672 +0\.9170 +10\.9 % +- +0\.5353 +0\.0006535$/,
  );
});

test('statistics of layers go on below where the terminal is narrow', () => {
  const lines = statisticsLines(statistics, 60);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  expect(lines.filter((line) => line.startsWith('  layers[1]'))).toHaveLength(2);
  expect(lines.join('\n')).toContain('0.0006535');
});
