import type { LayerActivations } from '../model/activations.js';
import type { TrainingNetwork } from '../model/listeners.js';
import type { LayerStatistics, Spread } from '../model/statistics.js';
import { histogramValue, type SummaryValue, scalarValue } from './eventRecords.js';
import { histogramOf } from './histogram.js';

/** What TensorBoard shows of the layers. It puts what has the same word before `/` side by side. */

/** Values that take their time: where it yields, other things may be done. */
type Unhurried = Generator<void, SummaryValue[]>;

/** Histograms of all tensors of a network, each as it is when its turn comes. */
export function* parameterValues({ parameters, getParameter }: TrainingNetwork): Unhurried {
  const values: SummaryValue[] = [];
  for (const { name } of parameters) {
    values.push(...(yield* histogramValues(`parameters/${name}`, getParameter(name))));
  }
  return values;
}

export function* activationValues(layers: readonly LayerActivations[]): Unhurried {
  const values: SummaryValue[] = [];
  for (const { path, outputs } of layers) {
    values.push(...(yield* histogramValues(`activations/${path}`, outputs.values)));
  }
  return values;
}

function* histogramValues(tag: string, values: Float32Array): Unhurried {
  const histogram = yield* histogramOf(values);
  return histogram === null ? [] : [histogramValue(tag, histogram)];
}

/** `layers[0]/outputs.mean` and so on; nothing for what a layer has not. */
export function statisticsValues(layers: readonly LayerStatistics[]): SummaryValue[] {
  return layers.flatMap((layer) => {
    const { path, outputs, outputGradients, gradients } = layer;
    const { deadUnits, saturated, weightNorm, updateRatio } = layer;
    const numbers = [
      ...spreadNumbers('outputs', outputs),
      ...spreadNumbers('outputGradients', outputGradients),
      ...spreadNumbers('gradients', gradients),
      ...Object.entries({ deadUnits, saturated, weightNorm, updateRatio }),
    ];
    return numbers.flatMap(([name, value]) =>
      value === null ? [] : [scalarValue(`${path}/${name}`, value)],
    );
  });
}

function spreadNumbers(name: string, spread: Spread | null): [name: string, value: number][] {
  if (spread === null) return [];
  const { mean, std, norm } = spread;
  return Object.entries({ mean, std, norm }).map(([part, value]) => [`${name}.${part}`, value]);
}
