import { joinPath, requireKnownKeys } from '../../checks.js';
import { type InferredOption, specData } from '../data.js';
import type { ActivationName, ActivationOption } from '../generated.js';
import { normaliseActivation } from '../rows.js';
import type { LayerDefinition } from './definition.js';
import type { ActivationLayer, ActivationLayerSpec } from './types.js';

export type { ActivationLayer, ActivationLayerSpec } from './types.js';

/**
 * An activation as a layer of its own: `y = f(x)`, shapes unchanged. Gives plain data;
 * `sequential` checks it.
 *
 * ```ts
 * sequential([dense(64, { bias: false }), batchNorm(), activation('relu'), dense(10)], { inputSize: 20 });
 * ```
 *
 * @param activation A name, or `{ type, ...parameters }`.
 */
export function activation<Activation extends ActivationName>(
  activation: InferredOption<Activation, ActivationOption>,
): ActivationLayer<Activation> {
  return specData({ type: 'activation', activation }) as ActivationLayer<Activation>;
}

export const activationDefinition: LayerDefinition<ActivationLayerSpec> = {
  type: 'activation',

  normalise(input, path) {
    requireKnownKeys(input, ['type', 'activation'], path);
    const activation = normaliseActivation(input.activation, joinPath(path, 'activation'));
    return Object.freeze({ type: 'activation', activation });
  },

  outputSize: (_, inputSize) => inputSize,
};
