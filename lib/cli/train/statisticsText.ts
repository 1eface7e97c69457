import type { TrainingStatistics } from '../../model/statistics.js';
import { formatNumber } from '../../terminal/style.js';
import { textTable } from '../../textTable.js';

/** `train --statistics`: what the layers did in an epoch, a line for each. */
export function statisticsLines({ epoch, rows, layers }: TrainingStatistics): string[] {
  const head = ['layer', 'type', 'outputs', 'spread', 'dead', 'saturated', 'gradient', 'update'];
  const lines = layers.map((layer) => [
    layer.path,
    layer.type,
    formatNumber(layer.outputs.mean),
    formatNumber(layer.outputs.std),
    percent(layer.deadUnits),
    percent(layer.saturated),
    numberOrNone(layer.gradients?.norm),
    numberOrNone(layer.updateRatio),
  ]);
  const sides = head.map((_, column) => (column < 2 ? 'left' : 'right'));
  const table = textTable([head, ...lines], sides).map((line) => `  ${line}`);
  return [`Layers after epoch ${epoch}, over ${rows} rows:`, ...table];
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}

function numberOrNone(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : formatNumber(value);
}
