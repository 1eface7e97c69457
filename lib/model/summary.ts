import type { NativeLayer } from '../native.js';
import type { NetworkSpec } from '../spec/network.js';

const bytesPerParameter = 4;

interface SummaryInput {
  readonly title: string;
  readonly spec: NetworkSpec;
  readonly layers: readonly NativeLayer[];
  /** Native memory of the network. */
  readonly bytes: number;
}

/** A table of the layers, their shapes, parameters and memory, for people. */
export function summaryOf({ title, spec, layers, bytes }: SummaryInput): string {
  const head = ['layer', 'type', 'inputs', 'outputs', 'activation', 'parameters', 'memory'];
  const rows = layers.map((layer) => [
    String(layer.index),
    layer.type,
    withThousands(layer.inputSize),
    withThousands(layer.outputSize),
    layer.activation ?? '-',
    withThousands(layer.parameterCount),
    formatBytes(layer.parameterCount * bytesPerParameter),
  ]);
  const total = layers.reduce((sum, layer) => sum + layer.parameterCount, 0);
  return [
    `${title}: ${withThousands(spec.inputSize)} inputs, seed ${spec.seed}`,
    '',
    ...alignedTable([head, ...rows], ['r', 'l', 'r', 'r', 'l', 'r', 'r']),
    '',
    `${withThousands(total)} parameters (${formatBytes(total * bytesPerParameter)}), ` +
      `native memory ${formatBytes(bytes)}`,
  ].join('\n');
}

/** Lines of a table: the first row is the head, each column as wide as its widest cell. */
function alignedTable(
  rows: readonly (readonly string[])[],
  sides: readonly ('l' | 'r')[],
): string[] {
  const widths = sides.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return sides[column] === 'r' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [...lines.slice(0, 1), rule, ...lines.slice(1)];
}

function withThousands(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}
