import {
  isPlainObject,
  joinPath,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  sizeRule,
  withDefault,
} from '../../checks.js';
import { type InferredOption, specData } from '../data.js';
import type {
  ActivationName,
  ActivationOption,
  ActivationSpec,
  InitializerOption,
  InitializerSpec,
} from '../generated.js';
import { activationRow, normaliseActivation, normaliseInitializer } from '../rows.js';
import type { LayerDefinition } from './definition.js';
import {
  normaliseRegularisation,
  type RegularisationOptions,
  regularisationKeys,
} from './regularisation.js';
import { requireTie, requireTieFits } from './ties.js';
import type { DenseLayer, DenseSpec } from './types.js';

export type { DenseLayer, DenseSpec } from './types.js';

export interface DenseOptions<Activation extends ActivationName = ActivationName>
  extends RegularisationOptions {
  /**
   * Function applied to the result: a name or `{ type, ...parameters }`.
   *
   * @default `'linear'`
   */
  readonly activation?: InferredOption<Activation, ActivationOption> | undefined;
  /**
   * Whether a bias is added.
   *
   * @default true
   */
  readonly bias?: boolean | undefined;
  /**
   * First values of the weights.
   *
   * @default by the activation: `'heNormal'` in front of relu and its relatives, `'lecunNormal'` in
   * front of selu, `'glorotUniform'` in front of the others
   */
  readonly kernelInitializer?: InitializerOption | undefined;
  /**
   * First values of the bias.
   *
   * @default `'zeros'`
   */
  readonly biasInitializer?: InitializerOption | undefined;
  /**
   * Whether training leaves weights and bias as they are (Keras: not trainable).
   *
   * @default false
   */
  readonly frozen?: boolean | undefined;
  /**
   * The number, from 0, of a dense layer before this one whose weights it takes transposed in place of
   * its own: `y = f(x W + b)`. The two learn one matrix, from both their gradients. Its units are then
   * the inputs of that layer. What concerns the weights (`kernelInitializer`, `kernelPenalty`,
   * `maxNorm`) is given to that layer alone.
   *
   * @default none
   */
  readonly tiedTo?: number | undefined;
}

/**
 * A fully connected layer: `y = f(x Wᵀ + b)` with x as [rows, inputs], W as [units, inputs] and y
 * as [rows, units]. Gives plain data; `sequential` checks it.
 *
 * @param units Number of outputs, 1 or more.
 */
export function dense<Activation extends ActivationName = 'linear'>(
  units: number,
  options?: DenseOptions<Activation>,
): DenseLayer<Activation> {
  return specData({ type: 'dense', units }, options) as DenseLayer<Activation>;
}

/** Others take the units as an option. */
function unitsRemedy(units: unknown): string {
  return isPlainObject(units) ? "Write dense(64, { activation: 'relu' }), say." : '';
}

function kernelInitializerOf(
  input: Record<string, unknown>,
  { type }: ActivationSpec,
  path: string,
): InitializerSpec {
  return normaliseInitializer(
    withDefault(input.kernelInitializer, activationRow(type).initializer),
    path,
  );
}

const keys = [
  ...['type', 'units', 'bias', 'activation', 'kernelInitializer', 'biasInitializer'],
  ...['tiedTo', 'frozen'],
  ...regularisationKeys,
];

export const denseDefinition: LayerDefinition<DenseSpec> = {
  type: 'dense',

  normalise(input, path) {
    requireKnownKeys(input, keys, path);
    const at = (key: string) => joinPath(path, key);
    const activation = normaliseActivation(
      withDefault(input.activation, 'linear'),
      at('activation'),
    );
    const { tiedTo } = input;
    return Object.freeze({
      type: 'dense',
      units: requireInteger(input.units, at('units'), sizeRule, unitsRemedy(input.units)),
      bias: requireBoolean(withDefault(input.bias, true), at('bias')),
      activation,
      ...(tiedTo === undefined
        ? { kernelInitializer: kernelInitializerOf(input, activation, at('kernelInitializer')) }
        : { tiedTo: requireTie(input, path) }),
      biasInitializer: normaliseInitializer(
        withDefault(input.biasInitializer, 'zeros'),
        at('biasInitializer'),
      ),
      ...normaliseRegularisation(input, path),
      frozen: requireBoolean(withDefault(input.frozen, false), at('frozen')),
    });
  },

  requirePlace: requireTieFits,

  outputSize: ({ units }) => units,

  modules: ({ activation }) => (activation.type === 'linear' ? 1 : 2),
};
