import type { NumberArray } from '../builtins.js';
import type { LayerActivations } from '../model/activations.js';
import type { TrainingNetwork } from '../model/listeners.js';
import type { LayerStatistics, Spread } from '../model/statistics.js';
import { histogramValue, type SummaryValue, scalarValue } from './eventRecords.js';
import { histogramOf } from './histogram.js';

/** What TensorBoard shows of the layers. It puts what has the same word before `/` side by side. */

/** Histograms of all tensors of a network, as they are now. */
export function parameterValues({ parameters, getParameter }: TrainingNetwork): SummaryValue[] {
  return parameters.flatMap(({ name }) =>
    histogramValues(`parameters/${name}`, getParameter(name)),
  );
}

export function activationValues(layers: readonly LayerActivations[]): SummaryValue[] {
  return layers.flatMap(({ path, outputs }) =>
    histogramValues(`activations/${path}`, outputs.values),
  );
}

function histogramValues(tag: string, values: NumberArray): SummaryValue[] {
  const histogram = histogramOf(values);
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
