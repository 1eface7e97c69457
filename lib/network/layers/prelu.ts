import type { PreluLayer } from '../generated.js';
import { normaliseGeneratedLayer } from '../rows.js';
import type { LayerDefinition } from './definition.js';

export const preluDefinition: LayerDefinition<PreluLayer> = {
  type: 'prelu',

  normalise: (input, path) => normaliseGeneratedLayer<PreluLayer>(input, path),

  outputSize: (_, inputSize) => inputSize,

  modules: ({ shared }, inputSize) => [{ weight: [shared ? 1 : inputSize] }],
};
