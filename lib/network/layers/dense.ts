import {
  describeValue,
  isPlainObject,
  joinPath,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  sizeRule,
  withDefault,
} from '../../checks.js';
import { ArgumentError } from '../../errors.js';
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
import {
  normaliseWeightFactors,
  type TrainingFactorOptions,
  trainingFactorKeys,
} from './trainingFactors.js';
import type { DenseLayer, DenseSpec, Parametrisation } from './types.js';

export type { DenseLayer, DenseSpec, Parametrisation } from './types.js';

export interface DenseOptions<Activation extends ActivationName = ActivationName>
  extends RegularisationOptions,
    TrainingFactorOptions {
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
   * front of selu, `'glorotUniform'` in front of the others; in the parametrisation `'ntk'` a normal
   * distribution of variance 1
   */
  readonly kernelInitializer?: InitializerOption | undefined;
  /**
   * First values of the bias.
   *
   * @default `'zeros'`
   */
  readonly biasInitializer?: InitializerOption | undefined;
  /**
   * `'ntk'` divides the products by the square root of the number of inputs, `y = f(x Wᵀ / √inputs + b)`
   * (Jacot, Gabriel and Hongler 2018), so that weights of variance 1 keep the spread, and one learning rate
   * suits layers of every width. Initializers that divide by the number of inputs would do so twice.
   *
   * @default `'standard'`
   */
  readonly parametrisation?: Parametrisation | undefined;
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
 * ```ts
 * dense(64, { activation: 'relu' });
 * ```
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
  isNtk: boolean,
  path: string,
): InitializerSpec {
  const unitNormal = { type: 'normal', standardDeviation: 1 };
  const fallback = isNtk ? unitNormal : activationRow(type).initializer;
  return normaliseInitializer(withDefault(input.kernelInitializer, fallback), path);
}

function requireParametrisation(given: unknown, path: string): Parametrisation {
  const name = withDefault(given, 'standard');
  if (name === 'standard' || name === 'ntk') return name;
  throw new ArgumentError({
    path,
    expected: "'standard' or 'ntk'",
    received: describeValue(given),
    remedy: 'Choose one of the two.',
  });
}

const keys = [
  ...['type', 'units', 'bias', 'activation', 'kernelInitializer', 'biasInitializer'],
  ...['tiedTo', 'frozen', 'parametrisation'],
  ...regularisationKeys,
  ...trainingFactorKeys,
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
    const parametrisation = requireParametrisation(input.parametrisation, at('parametrisation'));
    const isNtk = parametrisation === 'ntk';
    return Object.freeze({
      type: 'dense',
      units: requireInteger(input.units, at('units'), sizeRule, unitsRemedy(input.units)),
      bias: requireBoolean(withDefault(input.bias, true), at('bias')),
      activation,
      ...(tiedTo === undefined
        ? {
            kernelInitializer: kernelInitializerOf(
              input,
              activation,
              isNtk,
              at('kernelInitializer'),
            ),
          }
        : { tiedTo: requireTie(input, path) }),
      biasInitializer: normaliseInitializer(
        withDefault(input.biasInitializer, 'zeros'),
        at('biasInitializer'),
      ),
      ...normaliseRegularisation(input, path),
      ...normaliseWeightFactors(input, path),
      ...(isNtk && { parametrisation }),
      frozen: requireBoolean(withDefault(input.frozen, false), at('frozen')),
    });
  },

  requirePlace: requireTieFits,

  outputSize: ({ units }) => units,

  modules: ({ activation }) => (activation.type === 'linear' ? 1 : 2),
};
