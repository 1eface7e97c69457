import type { ParameterLayer } from '../generated.js';
import { normaliseGeneratedLayer } from '../rows.js';
import type { LayerDefinition } from './definition.js';

/** Of a layer whose options are all in the row of the core, and that leaves the columns as many. */
export function parameterLayerDefinition<Spec extends ParameterLayer>(
  type: Spec['type'],
): LayerDefinition<Spec> {
  return {
    type,
    normalise: (input, path) => normaliseGeneratedLayer<Spec>(input, path),
    outputSize: (_, inputSize) => inputSize,
  };
}
