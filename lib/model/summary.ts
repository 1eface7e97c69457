import type { NativeLayer } from '../native.js';
import type { NetworkSpec } from '../network/network.js';
import { type Side, textTable } from '../textTable.js';
import { placesOf } from './layerPlaces.js';

const bytesPerParameter = 4;

interface SummaryInput {
  readonly title: string;
  readonly spec: NetworkSpec;
  readonly layers: readonly NativeLayer[];
  /** Native memory of the network. */
  readonly bytes: number;
}

const columns: Readonly<Record<string, Side>> = {
  layer: 'right',
  type: 'left',
  inputs: 'right',
  outputs: 'right',
  activation: 'left',
  parameters: 'right',
  trainable: 'right',
  memory: 'right',
};

/** A table of the layers, their shapes, parameters and memory, for people. */
export function summaryOf({ title, spec, layers, bytes }: SummaryInput): string {
  const places = placesOf(spec);
  const rows = layers.map((layer, index) => [
    places[index]?.name ?? '',
    layer.type,
    withThousands(layer.inputSize),
    withThousands(layer.outputSize),
    layer.activation ?? '-',
    withThousands(layer.parameterCount),
    withThousands(layer.trainableCount),
    formatBytes(layer.parameterCount * bytesPerParameter),
  ]);
  const sum = (count: (layer: NativeLayer) => number) =>
    layers.reduce((total, layer) => total + count(layer), 0);
  const total = sum(({ parameterCount }) => parameterCount);
  const trainable = sum(({ trainableCount }) => trainableCount);
  return [
    `${title}: ${withThousands(spec.inputSize)} inputs, seed ${spec.seed}`,
    '',
    ...textTable([Object.keys(columns), ...rows], Object.values(columns)),
    '',
    `${withThousands(total)} parameters (${formatBytes(total * bytesPerParameter)}), ` +
      `${withThousands(trainable)} of them trainable, native memory ${formatBytes(bytes)}`,
  ].join('\n');
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
