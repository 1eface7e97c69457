import { joinPath, requireKnownKeys } from '../../checks.js';
import { type InferredOption, specData } from '../data.js';
import type { ActivationName, ActivationOption, ActivationSpec } from '../generated.js';
import { normaliseActivation } from '../rows.js';
import type { LayerDefinition } from './definition.js';

/** An activation as a layer of its own, in its normalised form. */
export interface ActivationLayerSpec {
  readonly type: 'activation';
  readonly activation: ActivationSpec;
}

/** An activation as the function `activation` gives it. */
export interface ActivationLayer<Activation extends string = string> {
  readonly type: 'activation';
  readonly activation: Activation | { readonly type: Activation };
}

/**
 * An activation as a layer of its own: `y = f(x)`, shapes unchanged. Gives plain data;
 * `sequential` checks it.
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

  modules: () => [{}],
};
