import {
  joinPath,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  sizeRule,
  withDefault,
} from '../../checks.js';
import { specData } from '../data.js';
import type { InitializerName, InitializerOption } from '../generated.js';
import { normaliseInitializer } from '../rows.js';
import type { LayerDefinition } from './definition.js';
import {
  normaliseRegularisation,
  type RegularisationOptions,
  regularisationKeys,
} from './regularisation.js';
import {
  normaliseWeightFactors,
  type TrainingFactorOptions,
  trainingFactorKeys,
} from './trainingFactors.js';
import type { MaxoutLayer, MaxoutSpec } from './types.js';

export type { MaxoutLayer, MaxoutSpec } from './types.js';

export interface MaxoutOptions extends RegularisationOptions, TrainingFactorOptions {
  /**
   * Linear pieces of each unit, of which the largest is its output.
   *
   * @default 2
   */
  readonly pieces?: number | undefined;
  /**
   * Whether a bias is added to each piece.
   *
   * @default true
   */
  readonly bias?: boolean | undefined;
  /**
   * First values of the weights.
   *
   * @default `'glorotUniform'`
   */
  readonly kernelInitializer?: InitializerOption | undefined;
  /**
   * First values of the biases.
   *
   * @default `'zeros'`
   */
  readonly biasInitializer?: InitializerOption | undefined;
  /**
   * Whether training leaves weights and biases as they are.
   *
   * @default false
   */
  readonly frozen?: boolean | undefined;
}

/**
 * Units that are the largest of several linear pieces (Goodfellow et al. 2013), a convex activation
 * that is learned: `y = max over the pieces of x Wᵀ + b`, with x as [rows, inputs], W as
 * [units · pieces, inputs] and y as [rows, units]. The pieces of a unit are rows that follow each
 * other: piece p of unit u is row `u · pieces + p` of the weights, and that number of the bias. Gives
 * plain data; `sequential` checks it.
 *
 * ```ts
 * sequential([maxout(64, { pieces: 3 }), dense(10)], { inputSize: 20 });
 * ```
 *
 * @param units Number of outputs, 1 or more.
 */
export function maxout(units: number, options?: MaxoutOptions): MaxoutLayer {
  return specData({ type: 'maxout', units }, options) as MaxoutLayer;
}

const keys = [
  ...['type', 'units', 'pieces', 'bias', 'kernelInitializer', 'biasInitializer', 'frozen'],
  ...regularisationKeys,
  ...trainingFactorKeys,
];

export const maxoutDefinition: LayerDefinition<MaxoutSpec> = {
  type: 'maxout',

  normalise(input, path) {
    requireKnownKeys(input, keys, path);
    const at = (key: string) => joinPath(path, key);
    const units = requireInteger(input.units, at('units'), sizeRule);
    const initializer = (key: string, fallback: InitializerName) =>
      normaliseInitializer(withDefault(input[key], fallback), at(key));
    return Object.freeze({
      type: 'maxout',
      units,
      pieces: requireInteger(withDefault(input.pieces, 2), at('pieces'), {
        minimum: 1,
        maximum: Math.floor(sizeRule.maximum / units),
      }),
      bias: requireBoolean(withDefault(input.bias, true), at('bias')),
      kernelInitializer: initializer('kernelInitializer', 'glorotUniform'),
      biasInitializer: initializer('biasInitializer', 'zeros'),
      ...normaliseRegularisation(input, path),
      ...normaliseWeightFactors(input, path),
      frozen: requireBoolean(withDefault(input.frozen, false), at('frozen')),
    });
  },

  outputSize: ({ units }) => units,
};
