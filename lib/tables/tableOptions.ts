import {
  countRule,
  optionalFunction,
  requireBoolean,
  requireChoice,
  requireInteger,
  requireKnownKeys,
  requireList,
  requireNumber,
  requireObject,
  seedRule,
  sizeRule,
  withDefault,
} from '../checks.js';
import { type ScalingName, scalingNames } from '../data/columns/scalings.js';
import type { UnknownPolicy } from '../data/tableEncoder.js';
import type { TableSchema } from '../data/tableSchema.js';
import type { DecimalSign } from '../data/tableValues.js';
import type { Task } from '../data/targetInference.js';
import { ArgumentError } from '../errors.js';
import type { ActivationInput } from '../network/generated.js';
import { coverageRule } from './intervals.js';
import type { Member } from './members.js';
import { requireText, requireTexts } from './textChecks.js';
import {
  type NetworkName,
  networkNames,
  type Preset,
  presets,
  type TableTask,
} from './trainingPlan.js';

/** Options of programs about tables. */

/** How the columns of a table are read. */
export interface ReadingOptions {
  /**
   * The column to predict.
   *
   * @default none
   */
  readonly target?: string | undefined;
  /**
   * Whether the target is classes or a number.
   *
   * @default chosen from the target
   */
  readonly task?: Task | undefined;
  /**
   * Columns that are no inputs.
   *
   * @default none
   */
  readonly ignore?: readonly string[] | undefined;
  /**
   * Words that stand for a missing value beside the empty field, in place of the usual ones.
   *
   * @default NA, N/A, NaN, null, '?' and what else programs write for it, in any case; between numbers also None, - and
   * the like
   */
  readonly missing?: readonly string[] | undefined;
  /**
   * Columns that are categories, each of their texts one, though they hold numbers: months, say, or codes.
   *
   * @default those of text
   */
  readonly categorical?: readonly string[] | undefined;
  /**
   * How numbers are scaled: `'standard'` (mean 0, deviation 1), `'robust'` (by the median and the middle half, far ones
   * clipped smoothly), `'quantile'` (to the normal distribution) or `'none'`.
   *
   * @default 'standard'
   */
  readonly scale?: ScalingName | undefined;
  /**
   * Columns that are inputs, though they count the rows or have the same value in all of them.
   *
   * @default none
   */
  readonly keep?: readonly string[] | undefined;
  /**
   * The decimal sign of numbers that are texts, which may then have thousands separated.
   *
   * @default '.'
   */
  readonly decimal?: DecimalSign | undefined;
  /**
   * Most different texts in a column, and most classes.
   *
   * @default 256
   */
  readonly maxCategories?: number | undefined;
}

/** Options of `tableModel`: what is learned, how columns are read, and what the network is. */
export interface TableModelOptions extends ReadingOptions {
  /**
   * Whether the model learns the rows themselves, to tell which are unlike the others.
   *
   * @default false
   */
  readonly autoencoder?: boolean | undefined;
  /**
   * Networks that predict together, by the mean of what they say: 1 to 100. Each learns from all rows but its share, which
   * it is judged by. More than one for targets alone, and at most half as many as there are rows.
   *
   * @default 5 for 20 to 9,999 rows (with the preset `'best'` 10, from 40 on), else 1; 1 for an autoencoder, and where
   * `fit` is told of something that is about one network: `validation`, `checkpoint`, `resume`, `earlyStopping`,
   * `monitor` or `statistics`
   */
  readonly members?: number | undefined;
  /**
   * How much time a good model is worth: one network (`'fast'`), or more of them than usual (`'best'`).
   *
   * @default in between
   */
  readonly preset?: Preset | undefined;
  /**
   * What learns the target: a network of two layers (`'dense'`), or that of `tabular`, RealMLP-TD-S, with its
   * training and, unless `scale` says another, robust scales. It has activations of its own, and no dropout.
   *
   * @default 'dense'
   */
  readonly network?: NetworkName | undefined;
  /**
   * Units of the hidden layers; of the encoder, for an autoencoder.
   *
   * @default [128, 64]; [128] for an autoencoder, [256, 256, 256] for the network 'tabular'
   */
  readonly hidden?: readonly number[] | undefined;
  /**
   * Of the hidden layers.
   *
   * @default 'relu'
   */
  readonly activation?: ActivationInput | undefined;
  /**
   * The share of the hidden units that are 0 in each step, at random.
   *
   * @default 0
   */
  readonly dropout?: number | undefined;
  /**
   * Numbers that an autoencoder compresses a row into.
   *
   * @default as many as the table has columns, from 2 to 32
   */
  readonly code?: number | undefined;
  /**
   * Of a number: the share of what comes that lies between `lower` and `upper` of each prediction, as 0.9. Networks that
   * learn the two ends are trained behind the others, for which the training takes about three times as long.
   *
   * @default none
   */
  readonly intervals?: number | undefined;
  /**
   * Of the weights, of the rows for validation and of every random choice; 32 bits. Of several networks, the next ones have
   * those behind it.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
  /**
   * Builds the network, in place of the usual one. It has `inputSize` inputs; a classifier has an output with softmax
   * for each class, a regressor one. Called once for each network, with its seed.
   *
   * @default a dense network
   */
  readonly build?: ((shape: NetworkShape) => Member) | undefined;
}

/** What a network for a table has to be like. */
export interface NetworkShape {
  readonly inputSize: number;
  /** Classes; 1 for a number; the inputs again for an autoencoder. */
  readonly outputSize: number;
  readonly task: TableTask;
  /** The columns with their inputs. */
  readonly schema: TableSchema;
  readonly seed: number;
}

/** Checks of them; all throw ArgumentError. Whether a table has such columns is found out later. */

type Check = (value: unknown, path: string) => unknown;

export type Checks<Options> = { readonly [Name in keyof Required<Options>]: Check };

const readingChecks: Checks<ReadingOptions> = {
  target: requireText,
  task: oneOf(['classification', 'regression']),
  ignore: requireTexts,
  missing: requireTexts,
  categorical: requireTexts,
  keep: requireTexts,
  scale: oneOf(scalingNames),
  decimal: oneOf(['.', ',']),
  maxCategories: (value, path) => requireInteger(value, path, countRule),
};

/** More of them say the same, and take their time. */
const membersRule = { minimum: 1, maximum: 100 } as const;

const modelChecks: Checks<TableModelOptions> = {
  ...readingChecks,
  autoencoder: requireBoolean,
  members: (value, path) => requireInteger(value, path, membersRule),
  preset: oneOf(presets),
  network: oneOf(networkNames),
  hidden: requireUnits,
  // These are looked at with the network that they are for.
  activation: () => {},
  dropout: () => {},
  code: (value, path) => requireInteger(value, path, sizeRule),
  intervals: (value, path) => requireNumber(value, path, coverageRule),
  seed: (value, path) => requireInteger(value, path, seedRule),
  build: optionalFunction,
};

/** Options of how columns are read. */
export function readReadingOptions(given: unknown): ReadingOptions {
  return checkedBy(readingChecks, given);
}

/** Options of `tableModel`. */
export function readTableModelOptions(given: unknown): TableModelOptions {
  const options: TableModelOptions = checkedBy(modelChecks, given);
  requireOwnNetwork(options);
  const { target, autoencoder = false } = options;
  if ((target === undefined) === autoencoder) return options;
  throw new ArgumentError({
    path: 'target',
    expected: 'the name of a column, or autoencoder: true',
    received: target === undefined ? 'neither' : 'both',
  });
}

/** What there is not beside the network of `tabular`, which brings it along. */
const notTabular = ['autoencoder', 'activation', 'dropout', 'build'] as const;

function requireOwnNetwork(options: TableModelOptions): void {
  if (options.network !== 'tabular') return;
  const other = notTabular.find((name) => options[name] !== undefined && options[name] !== false);
  if (other === undefined) return;
  throw new ArgumentError({
    path: other,
    expected: "none beside network: 'tabular', which has its own",
    received: `network: 'tabular' and ${other}`,
    remedy: 'Leave one of them out.',
  });
}

/** Options, none but those that there are checks for. */
export function checkedBy(checks: Readonly<Record<string, Check>>, given: unknown): object {
  const options = { ...requireObject(given, 'options') };
  requireKnownKeys(options, Object.keys(checks), '');
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) checks[name]?.(value, name);
  }
  return options;
}

/** What is done with texts that are not known. */
export function readUnknownPolicy(given: unknown): UnknownPolicy {
  return requireChoice(withDefault(given, 'error'), ['error', 'ignore'], 'unknown');
}

const mostLayers = 10_000;

function requireUnits(value: unknown, path: string): void {
  const layers = requireList(value, path, { of: 'numbers of units', most: mostLayers });
  for (const [index, units] of layers.entries()) {
    requireInteger(units, `${path}[${index}]`, sizeRule);
  }
}

function oneOf(names: readonly string[]): Check {
  return (value, path) => requireChoice(value, names, path);
}
