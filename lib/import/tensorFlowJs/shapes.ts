import { isArray } from '../../builtins.js';
import { describeValue, sizeRule } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import type { FoundLayer } from './topology.js';
import type { WeightIndex } from './weights.js';

/** Layers here take rows: what has more axes than that has to be made flat before anything else. */

/**
 * Columns of the input.
 *
 * @throws ArgumentError where none are given, or a layer takes values with several axes
 */
export function inputSizeOf(layers: readonly FoundLayer[], weights: WeightIndex): number {
  const [first] = layers;
  const shape = first === undefined ? undefined : inputShapeOf(first);
  if (shape === undefined) return sizeOfKernel(layers, weights);
  let axes = shape.length;
  for (const layer of layers) {
    if (layer.className === 'Flatten') {
      requireFlat(layer, axes);
      axes = 1;
    } else if (layer.className === 'Reshape') {
      requireRows(layer);
      axes = 1;
    } else if (layer.className !== 'InputLayer' && axes !== 1) {
      throw new ArgumentError({
        path: layer.path,
        expected: 'rows, of one axis',
        received: `values with the axes [${shape.join(', ')}]`,
        remedy: 'A network of rows begins with Flatten where its input has several axes.',
      });
    }
  }
  return shape.reduce((product, size) => product * size, 1);
}

/** Without the axis of the batch. */
function inputShapeOf({ path, config }: FoundLayer): readonly number[] | undefined {
  // That of Keras 3.
  const key = config.batch_shape === undefined ? 'batch_input_shape' : 'batch_shape';
  const given = config[key];
  if (given === undefined || given === null) return undefined;
  const sizes = isArray(given) && given.length <= 9 ? Array.from(given).slice(1) : [];
  const areSizes = sizes.every((size) => Number.isInteger(size) && Number(size) >= 1);
  if (sizes.length > 0 && areSizes) {
    const product = sizes.reduce<number>((total, size) => total * Number(size), 1);
    if (product <= sizeRule.maximum) return sizes as number[];
  }
  throw new ArgumentError({
    path: `${path}.config.${key}`,
    expected: `[null, …], the axes of the batch and of a row of at most ${sizeRule.maximum} numbers`,
    received: isArray(given)
      ? `[${given.slice(0, 9).map(describeValue).join(', ')}]`
      : describeValue(given),
  });
}

/** Values are taken in the order of the axes. */
function requireFlat({ path, config }: FoundLayer, axes: number): void {
  const format = config.data_format ?? 'channels_last';
  if (axes <= 2 || format === 'channels_last' || format === 'channelsLast') return;
  const received = describeValue(format);
  throw new ArgumentError({
    path: `${path}.config.data_format`,
    expected: "'channels_last'",
    received,
  });
}

function requireRows({ path, config }: FoundLayer): void {
  const { target_shape: shape } = config;
  if (isArray(shape) && shape.length === 1) return;
  throw new ArgumentError({
    path: `${path}.config.target_shape`,
    expected: 'rows, of one axis',
    received: isArray(shape) ? `${shape.length} axes` : describeValue(shape),
  });
}

/** Models that were built by their first rows do not say: the first weights do. */
function sizeOfKernel(layers: readonly FoundLayer[], weights: WeightIndex): number {
  const layer = layers.find(({ className }) => className === 'Dense');
  const [size] = (layer && weights.find(layer, 'kernel')?.shape) ?? [];
  if (size !== undefined) return size;
  throw new ArgumentError({
    path: layers[0]?.path ?? 'modelTopology',
    expected: 'a first layer with batch_input_shape',
    received: 'none',
  });
}
