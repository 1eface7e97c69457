import type { TrainingStatistics } from '../../model/statistics.js';
import { formatNumber } from '../../terminal/style.js';
import { foldedTable } from '../terminal/foldedTable.js';

/** `train --statistics`: what the layers did in an epoch, a line for each, within the width of a terminal. */
export function statisticsLines(
  { epoch, rows, layers }: TrainingStatistics,
  width = Number.POSITIVE_INFINITY,
): string[] {
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
  const table = foldedTable([head, ...lines], sides, width - margin.length, 1);
  const shown = table.map((line) => (line === '' ? '' : `${margin}${line}`));
  return [`Layers after epoch ${epoch}, over ${rows} rows:`, ...shown];
}

const margin = '  ';

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}

function numberOrNone(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : formatNumber(value);
}
