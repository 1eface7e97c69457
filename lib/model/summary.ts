import type { NativeLayer } from '../native.js';
import type { NetworkSpec } from '../spec/network.js';
import { textTable } from '../textTable.js';

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
    numberOf(layer.path),
    layer.type,
    withThousands(layer.inputSize),
    withThousands(layer.outputSize),
    layer.activation ?? '-',
    withThousands(layer.parameterCount),
    formatBytes(layer.parameterCount * bytesPerParameter),
  ]);
  const sides = ['right', 'left', 'right', 'right', 'left', 'right', 'right'] as const;
  const total = layers.reduce((sum, layer) => sum + layer.parameterCount, 0);
  return [
    `${title}: ${withThousands(spec.inputSize)} inputs, seed ${spec.seed}`,
    '',
    ...textTable([head, ...rows], sides),
    '',
    `${withThousands(total)} parameters (${formatBytes(total * bytesPerParameter)}), ` +
      `native memory ${formatBytes(bytes)}`,
  ].join('\n');
}

/** `2` for `layers[2]`, `2.0` for the first layer of the block there, `2.size.0` of the head `size`. */
function numberOf(path: string): string {
  const parts = path.match(/[^.[\]]+/g) ?? [];
  return parts.filter((part) => part !== 'layers' && part !== 'heads').join('.');
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
