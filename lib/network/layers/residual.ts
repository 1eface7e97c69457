import { joinPath, requireBoolean, requireKnownKeys, withDefault } from '../../checks.js';
import { ArgumentError, ShapeError } from '../../errors.js';
import { specData } from '../data.js';
import type { InitializerOption } from '../generated.js';
import { normaliseInitializer } from '../rows.js';
import type { InnerLayers, LayerDefinition } from './definition.js';
import type { Layer, ResidualLayer, ResidualSpec } from './types.js';

export type { ResidualLayer, ResidualSpec } from './types.js';

export interface ResidualOptions {
  /**
   * Whether the input goes through a linear layer without bias before it is added, so that the block
   * may change the number of columns.
   *
   * @default false
   */
  readonly projection?: boolean | undefined;
  /**
   * First values of the weights of the projection.
   *
   * @default `'glorotUniform'`
   */
  readonly projectionInitializer?: InitializerOption | undefined;
  /**
   * Whether training leaves the whole block as it is.
   *
   * @default false
   */
  readonly frozen?: boolean | undefined;
}

/**
 * A residual block (He et al. 2016): `y = x + F(x)`, where F is a stack of layers that ends with as
 * many columns as it begins with; with a projection `y = x Pᵀ + F(x)`, with P as [outputs, inputs].
 * Nothing is applied to the sum: put `activation('relu')` behind the block for the blocks of the
 * first paper, or normalisation and activation in front of the dense layers inside for those of the
 * second ("pre-activation"). Blocks may hold blocks, ten deep. Gives plain data; `sequential` checks
 * it.
 *
 * ```ts
 * residual([dense(64, { activation: 'relu' }), dense(64)]);
 * ```
 */
export function residual(layers: readonly Layer[], options?: ResidualOptions): ResidualLayer {
  return specData({ type: 'residual', layers }, options) as ResidualLayer;
}

const keys = ['type', 'layers', 'projection', 'projectionInitializer', 'frozen'];

/** Blocks within each other, as many as the core takes. */
const maxNesting = 10;

export function residualDefinition(inner: InnerLayers): LayerDefinition<ResidualSpec> {
  return {
    type: 'residual',

    normalise(input, path, depth) {
      requireKnownKeys(input, keys, path);
      if (depth === maxNesting) throw nestedTooDeep(path);
      const at = (key: string) => joinPath(path, key);
      return Object.freeze({
        type: 'residual',
        layers: inner.normalise(input.layers, at('layers'), depth + 1),
        projection: requireBoolean(withDefault(input.projection, false), at('projection')),
        projectionInitializer: normaliseInitializer(
          withDefault(input.projectionInitializer, 'glorotUniform'),
          at('projectionInitializer'),
        ),
        frozen: requireBoolean(withDefault(input.frozen, false), at('frozen')),
      });
    },

    requireInput({ layers, projection }, inputSize, path) {
      inner.requireSizes(layers, inputSize, joinPath(path, 'layers'));
      const outputSize = inner.outputSize(layers, inputSize);
      if (projection || outputSize === inputSize) return;
      throw new ShapeError({
        path: joinPath(path, 'layers'),
        expected: `${inputSize} columns at the end, as at the beginning`,
        received: String(outputSize),
        remedy: 'Give the last layer as many units, or set projection.',
      });
    },

    outputSize: ({ layers }, inputSize) => inner.outputSize(layers, inputSize),
  };
}

function nestedTooDeep(path: string): ArgumentError {
  return new ArgumentError({
    path,
    expected: `at most ${maxNesting} residual blocks within each other`,
    received: 'one more',
    remedy: 'Put blocks one after the other.',
  });
}
