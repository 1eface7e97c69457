import { ShapeError } from '../../errors.js';
import type { GaussianSamplingLayer } from '../generated.js';
import { normaliseGeneratedLayer } from '../rows.js';
import type { LayerDefinition } from './definition.js';

export const gaussianSamplingDefinition: LayerDefinition<GaussianSamplingLayer> = {
  type: 'gaussianSampling',

  normalise: (input, path) => normaliseGeneratedLayer<GaussianSamplingLayer>(input, path),

  requireInput(_, inputSize, path) {
    if (inputSize % 2 === 0) return;
    throw new ShapeError({
      path,
      expected: 'an even number of columns before it',
      received: String(inputSize),
      remedy: 'Give the layer before it two units for each column of the code.',
    });
  },

  outputSize: (_, inputSize) => inputSize / 2,

  modules: () => [{}],
};
