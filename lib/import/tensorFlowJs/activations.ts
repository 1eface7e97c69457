import { describeValue, isPlainObject, listOf } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import type { ActivationInput } from '../../network/generated.js';
import { scaling } from '../../network/generated.js';
import { activation } from '../../network/layers/activation.js';
import type { Layer } from '../../network/layers/types.js';

/** Activations by the names of Keras and TensorFlow.js, written without case and without `_`. */
const activations: ReadonlyMap<string, ActivationInput> = new Map<string, ActivationInput>([
  ['linear', { type: 'linear' }],
  ['relu', { type: 'relu' }],
  ['relu6', { type: 'relu6' }],
  ['leakyrelu', { type: 'leakyRelu', slope: 0.2 }],
  ['elu', { type: 'elu' }],
  ['selu', { type: 'selu' }],
  ['celu', { type: 'celu' }],
  ['softplus', { type: 'softplus' }],
  ['sigmoid', { type: 'sigmoid' }],
  ['hardsigmoid', { type: 'hardSigmoid' }],
  ['tanh', { type: 'tanh' }],
  ['hardtanh', { type: 'hardTanh' }],
  ['softsign', { type: 'softsign' }],
  ['swish', { type: 'silu' }],
  ['silu', { type: 'silu' }],
  ['hardswish', { type: 'hardSwish' }],
  ['hardsilu', { type: 'hardSwish' }],
  ['mish', { type: 'mish' }],
  ['gelu', { type: 'gelu' }],
  ['gelunew', { type: 'gelu', approximate: true }],
  ['softmax', { type: 'softmax' }],
  ['logsoftmax', { type: 'logSoftmax' }],
]);

/** An activation as the option of a dense layer, and the layers that take its place where it is no such option. */
export interface FoundActivation {
  readonly option: ActivationInput;
  readonly layers: readonly Layer[];
}

/**
 * @param value A name, or what Keras 3 writes for a function.
 * @param isSteep Whether hard_sigmoid is that of Keras 3, x / 6 + 0.5, and not 0.2 x + 0.5 as in Keras 2 and
 * TensorFlow.js.
 * @throws ArgumentError
 */
export function activationOf(value: unknown, path: string, isSteep: boolean): FoundActivation {
  const name = nameOf(value);
  const found = activations.get(name);
  if (found === undefined) {
    throw new ArgumentError({
      path,
      expected: `an activation that is known: ${listOf([...activations.keys()])}`,
      received: describeValue(value),
    });
  }
  if (found.type !== 'hardSigmoid' || isSteep) return { option: found, layers: [] };
  // (1.2 x + 3) / 6 is 0.2 x + 0.5.
  const layers = [scaling({ factor: 1.2, frozen: true }), activation('hardSigmoid')];
  return { option: { type: 'linear' }, layers };
}

function nameOf(value: unknown): string {
  if (value === undefined || value === null) return 'linear';
  // { class_name: 'function', config: 'relu' }
  const text = isPlainObject(value) ? value.config : value;
  return typeof text === 'string' ? text.toLowerCase().replaceAll('_', '') : '';
}
