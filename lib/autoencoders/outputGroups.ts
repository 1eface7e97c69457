import {
  describeValue,
  requireInteger,
  requireKnownKeys,
  requireList,
  requireObject,
  sizeRule,
  withDefault,
} from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';
import type { ActivationOption } from '../network/generated.js';
import type { NetworkOutput } from '../network/network.js';
import { normaliseActivation } from '../network/rows.js';

/** Groups of columns that an autoencoder gives back by losses of their own: tables of mixed columns. */

/** Columns side by side that are given back in the same way. */
export interface OutputGroup {
  /**
   * Of its results.
   *
   * @default `columns0to4`, by the columns that it takes
   */
  readonly name?: string | undefined;
  /** How many columns, 1 or more. */
  readonly columns: number;
  /**
   * What they end with, and with it the loss: `'linear'` (default) for numbers, `'softmax'` for the
   * categories of one column as one-hot inputs, `'sigmoid'` for shares, or yes or no.
   */
  readonly activation?: ActivationOption | undefined;
}

/**
 * The layer that gives the groups back: a dense head for each.
 *
 * @throws ArgumentError; ShapeError when they do not take all inputs.
 */
export function groupedOutput(groups: unknown, inputSize: number): object {
  const list = requireList(groups, 'outputs', {
    of: 'groups of columns',
    most: inputSize,
    remedy: "Write [{ columns: 5 }, { columns: 3, activation: 'softmax' }], say.",
  });
  let start = 0;
  const heads = list.map((group, index) => {
    const path = `outputs[${index}]`;
    const given = requireObject(group, path);
    requireKnownKeys(given, ['name', 'columns', 'activation'], path);
    const units = requireInteger(given.columns, `${path}.columns`, sizeRule);
    const activation = withDefault(given.activation, 'linear');
    const name = nameOption(given.name, `columns${start}to${start + units - 1}`, `${path}.name`);
    start += units;
    const head = {
      type: 'dense',
      units,
      activation: normaliseActivation(activation, `${path}.activation`),
    };
    return [name, head] as const;
  });
  if (start === inputSize) return { type: 'heads', heads: Object.fromEntries(heads) };
  throw new ShapeError({
    path: 'outputs',
    expected: `groups that take the ${inputSize} inputs of the network`,
    received: `${list.length} groups that take ${start}`,
  });
}

function nameOption(name: unknown, fallback: string, path: string): string {
  if (name === undefined) return fallback;
  if (typeof name === 'string') return name;
  throw new ArgumentError({ path, expected: 'a string', received: describeValue(name) });
}

/**
 * The weights with which the loss is the mean over the columns of the table: one-hot inputs are one
 * column together.
 */
export function groupWeights(outputs: readonly NetworkOutput[]): readonly number[] {
  const counts = outputs.map(({ columns, activation }) => (activation === 'softmax' ? 1 : columns));
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / all);
}
