import type { BatchNormLayer } from '../generated.js';
import { normaliseGeneratedLayer } from '../rows.js';
import type { LayerDefinition } from './definition.js';

export const batchNormDefinition: LayerDefinition<BatchNormLayer> = {
  type: 'batchNorm',

  normalise: (input, path) => normaliseGeneratedLayer<BatchNormLayer>(input, path),

  outputSize: (_, inputSize) => inputSize,

  modules(_, inputSize) {
    const shape = [inputSize];
    return [{ weight: shape, bias: shape, running_mean: shape, running_var: shape }];
  },
};
