import { ShapeError } from '../../errors.js';
import type { GaussianSamplingLayer } from '../generated.js';
import type { LayerDefinition } from './definition.js';
import { parameterLayerDefinition } from './parameterLayer.js';

export const gaussianSamplingDefinition: LayerDefinition<GaussianSamplingLayer> = {
  ...parameterLayerDefinition<GaussianSamplingLayer>('gaussianSampling'),

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
};
