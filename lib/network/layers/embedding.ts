import {
  describeValue,
  joinPath,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireList,
  requireNumber,
  requireObject,
  sizeRule,
  withDefault,
} from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import { specData } from '../data.js';
import type { InitializerOption } from '../generated.js';
import { normaliseInitializer } from '../rows.js';
import type { LayerDefinition } from './definition.js';
import { normalisePenalty, type WeightPenalty } from './regularisation.js';
import { normaliseFactors, trainingFactorKeys } from './trainingFactors.js';
import type { EmbeddedColumn, EmbeddingLayer, EmbeddingSpec } from './types.js';

export type { EmbeddedColumn, EmbeddingLayer, EmbeddingSpec } from './types.js';

export interface EmbeddingOptions {
  /** The inputs that hold indices of levels; each once. */
  readonly columns: readonly EmbeddedColumn[];
  /**
   * The share of the indices that are taken for 0, the unknown level, while training, drawn anew for each
   * row: so that its vector is trained, and says what is best said of a level that nobody has seen.
   *
   * @default 0
   */
  readonly dropToUnknown?: number | undefined;
  /**
   * First values of the vectors. Initializers that divide by the number of inputs or of outputs take the
   * units of the vector for both.
   *
   * @default `'lecunNormal'`: a vector of a length of about 1, as a number of variance 1 has
   */
  readonly initializer?: InitializerOption | undefined;
  /**
   * Penalty on the vectors that a row takes, which is added to the loss of the row: `l1` (0) times the sum
   * of their absolute values and `l2` (0) times the sum of their squares.
   *
   * @default none
   */
  readonly penalty?: Partial<WeightPenalty> | undefined;
  /**
   * What the learning rate is multiplied by for the vectors. 0 or more.
   *
   * @default 1
   */
  readonly learningRateFactor?: number | undefined;
  /**
   * What the weight decay of the optimizer is multiplied by for them. 0 or more.
   *
   * @default 1
   */
  readonly weightDecayFactor?: number | undefined;
  /**
   * Whether training leaves the vectors as they are.
   *
   * @default false
   */
  readonly frozen?: boolean | undefined;
}

/**
 * Learned vectors of categories (Guo and Berkhahn 2016): replaces inputs that hold the index of a level by
 * the vector of that level. With x as [rows, inputs], y has the other inputs first, in their order, and then
 * the vectors, in that of `columns`. It is the first layer of a network, and gives plain data; `sequential`
 * checks it.
 *
 * An index is a whole number from 0 to `levels - 1`, in single precision as all inputs; anything else is a
 * `DataError` that names row and column, before training and when predicting. 0 stands for a level that is
 * not known: train it, by rows that have it or by `dropToUnknown`.
 *
 * An update changes the vectors of the rows of its batch alone, whatever the optimizer: the others keep
 * their moments and are not decayed meanwhile, as with PyTorch's `SparseAdam`. So a batch takes as long with a
 * million levels as with ten. The gradient by an index is 0.
 *
 * ```ts
 * embedding({ columns: [{ input: 1, levels: 10_001, units: 16 }], dropToUnknown: 0.01 });
 * ```
 */
export function embedding(options: EmbeddingOptions): EmbeddingLayer {
  return specData({ type: 'embedding' }, options) as unknown as EmbeddingLayer;
}

const keys = [
  ...['type', 'columns', 'dropToUnknown', 'initializer', 'penalty', 'frozen'],
  ...trainingFactorKeys,
];

const columnKeys = ['input', 'levels', 'units'] as const;

export const embeddingDefinition: LayerDefinition<EmbeddingSpec> = {
  type: 'embedding',

  normalise(input, path, depth) {
    requireKnownKeys(input, keys, path);
    const at = (key: string) => joinPath(path, key);
    if (depth > 0) throw notFirst(path, 'a layer around it');
    return Object.freeze({
      type: 'embedding',
      columns: normaliseColumns(input.columns, at('columns')),
      dropToUnknown: requireNumber(withDefault(input.dropToUnknown, 0), at('dropToUnknown'), {
        minimum: 0,
        maximum: 1,
        maximumExclusive: true,
      }),
      initializer: normaliseInitializer(
        withDefault(input.initializer, 'lecunNormal'),
        at('initializer'),
      ),
      ...(input.penalty !== undefined && {
        penalty: normalisePenalty(input.penalty, at('penalty')),
      }),
      ...normaliseFactors(input, path),
      frozen: requireBoolean(withDefault(input.frozen, false), at('frozen')),
    });
  },

  requireInput({ columns }, inputSize, path) {
    for (const [index, { input }] of columns.entries()) {
      if (input < inputSize) continue;
      throw new ArgumentError({
        path: `${path}.columns[${index}].input`,
        expected: `one of the inputs, 0 to ${inputSize - 1}`,
        received: String(input),
        remedy: 'Inputs are counted from 0.',
      });
    }
  },

  requirePlace(_, { index, path }) {
    if (index > 0) throw notFirst(`${path}[${index}]`, 'a layer before it');
  },

  outputSize: ({ columns }, inputSize) =>
    columns.reduce((size, { units }) => size + units - 1, inputSize),
};

function normaliseColumns(input: unknown, path: string): readonly EmbeddedColumn[] {
  const given = requireList(input, path, { of: 'columns', most: sizeRule.maximum });
  if (given.length === 0) {
    throw new ArgumentError({
      path,
      expected: 'at least one column',
      received: 'an empty array',
      remedy: 'Name the inputs that hold indices of levels, or leave the layer out.',
    });
  }
  const columns = given.map((column, index) => normaliseColumn(column, `${path}[${index}]`));
  requireOnce(columns, path);
  return Object.freeze(columns);
}

function normaliseColumn(given: unknown, path: string): EmbeddedColumn {
  const column = requireObject(given, path);
  requireKnownKeys(column, columnKeys, path);
  const at = (key: string) => joinPath(path, key);
  return Object.freeze({
    input: requireInteger(column.input, at('input'), { ...sizeRule, minimum: 0 }),
    levels: requireInteger(column.levels, at('levels'), sizeRule),
    units: requireInteger(column.units, at('units'), sizeRule),
  });
}

function requireOnce(columns: readonly EmbeddedColumn[], path: string): void {
  const seen = new Set<number>();
  for (const [index, { input }] of columns.entries()) {
    if (seen.has(input)) {
      throw new ArgumentError({
        path: `${path}[${index}].input`,
        expected: 'an input that no other column embeds',
        received: describeValue(input),
        remedy: 'Give each input once, with as many units as it needs.',
      });
    }
    seen.add(input);
  }
}

function notFirst(path: string, received: string): ArgumentError {
  return new ArgumentError({
    path,
    expected: 'an embedding as the first layer of the network',
    received,
    remedy: 'Move it to the front: it takes the inputs themselves.',
  });
}
