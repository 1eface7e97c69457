import type { NativeLayer } from '../native.js';
import type { NetworkSpec } from '../network/network.js';
import { formatBytes, formatCount } from '../quantities.js';
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
    formatCount(layer.inputSize),
    formatCount(layer.outputSize),
    layer.activation ?? '-',
    formatCount(layer.parameterCount),
    formatCount(layer.trainableCount),
    formatBytes(layer.parameterCount * bytesPerParameter),
  ]);
  const sum = (count: (layer: NativeLayer) => number) =>
    layers.reduce((total, layer) => total + count(layer), 0);
  const total = sum(({ parameterCount }) => parameterCount);
  const trainable = sum(({ trainableCount }) => trainableCount);
  return [
    `${title}: ${formatCount(spec.inputSize)} inputs, seed ${spec.seed}`,
    '',
    ...textTable([Object.keys(columns), ...rows], Object.values(columns)),
    '',
    `${formatCount(total)} parameters (${formatBytes(total * bytesPerParameter)}), ` +
      `${formatCount(trainable)} of them trainable, native memory ${formatBytes(bytes)}`,
  ].join('\n');
}
