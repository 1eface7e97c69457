import type { LayerNormLayer } from '../generated.js';
import { normaliseGeneratedLayer } from '../rows.js';
import type { LayerDefinition } from './definition.js';

export const layerNormDefinition: LayerDefinition<LayerNormLayer> = {
  type: 'layerNorm',

  normalise: (input, path) => normaliseGeneratedLayer<LayerNormLayer>(input, path),

  outputSize: (_, inputSize) => inputSize,

  modules({ scale, shift }, inputSize) {
    const shape = [inputSize];
    return [{ ...(scale && { weight: shape }), ...(shift && { bias: shape }) }];
  },
};
