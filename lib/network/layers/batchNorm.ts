import type { BatchNormLayer } from '../generated.js';
import { normaliseGeneratedLayer } from '../rows.js';
import type { LayerDefinition } from './definition.js';

export const batchNormDefinition: LayerDefinition<BatchNormLayer> = {
  type: 'batchNorm',

  normalise: (input, path) => normaliseGeneratedLayer<BatchNormLayer>(input, path),

  outputSize: (_, inputSize) => inputSize,

  modules({ scale, shift }, inputSize) {
    const shape = [inputSize];
    const learnt = { ...(scale && { weight: shape }), ...(shift && { bias: shape }) };
    return [{ ...learnt, running_mean: shape, running_var: shape }];
  },
};
