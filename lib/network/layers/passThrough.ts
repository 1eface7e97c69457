import type { LayerName } from '../generated.js';
import { normaliseGeneratedLayer } from '../rows.js';
import type { LayerDefinition } from './definition.js';

/** Of a layer that has numbers as options, owns no tensors and leaves the columns as many. */
export function passThroughDefinition<Spec extends { readonly type: LayerName }>(
  type: Spec['type'],
): LayerDefinition<Spec> {
  return {
    type,
    normalise: (input, path) => normaliseGeneratedLayer<Spec>(input, path),
    outputSize: (_, inputSize) => inputSize,
    modules: () => [{}],
  };
}
