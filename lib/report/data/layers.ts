import type { Autoencoder } from '../../autoencoders/autoencoder.js';
import { placesOf } from '../../model/layerPlaces.js';
import type { MultiOutput } from '../../model/multiOutput.js';
import type { Sequential } from '../../model/sequential.js';
import type { TrainingStatistics } from '../../model/statistics.js';
import { momentsOf } from '../../statistics.js';
import type { LayerFacts, LayersSection, TensorFacts } from '../reportData.js';
import { endsOf, histogramOf } from './histogram.js';
import { finite, thinned } from './thinned.js';

export type Network = Sequential | MultiOutput | Autoencoder;

/** A tensor may have millions of numbers: a sample tells how they lie. */
const mostNumbers = 200_000;

/**
 * The layers of a network and their weights.
 *
 * @param statistics what the layers did with training rows, where somebody has asked; the last of them counts
 * @param networks how many predict together
 */
export function layersOf(
  network: Network,
  statistics: readonly TrainingStatistics[] = [],
  networks = 1,
): LayersSection {
  const { spec } = network;
  const places = placesOf(spec);
  const told = new Map(statistics.at(-1)?.layers.map((layer) => [layer.path, layer]));
  const tensors = tensorsByLayer(network);
  const layers = network.engine.network.layers().map((layer, index): LayerFacts => {
    const place = places[index];
    const measured = told.get(place?.path ?? '');
    return {
      ...{ name: place?.name ?? '', type: layer.type, activation: layer.activation },
      ...{ inputs: layer.inputSize, outputs: layer.outputSize, parameters: layer.parameterCount },
      // Those of layers within another one stand with the outermost.
      tensors: place?.list.around === undefined ? (tensors.get(place?.layer ?? -1) ?? []) : [],
      outputsMean: finite(measured?.outputs.mean),
      outputsDeviation: finite(measured?.outputs.std),
      deadUnits: finite(measured?.deadUnits),
      updateRatio: finite(measured?.updateRatio),
    };
  });
  return { type: 'layers', networks, layers };
}

function tensorsByLayer(network: Network): Map<number, TensorFacts[]> {
  const found = new Map<number, TensorFacts[]>();
  for (const { name, layer, shape } of network.parameters) {
    const all = network.getParameter(name);
    const values = Float64Array.from(thinned(all.length, mostNumbers), (at) => all[at] ?? 0).filter(
      Number.isFinite,
    );
    if (values.length === 0) continue;
    const { mean, deviation } = momentsOf(values);
    const facts = { name, shape, mean, deviation, values: histogramOf(values, endsOf(values)) };
    found.set(layer, [...(found.get(layer) ?? []), facts]);
  }
  return found;
}
