import { isArray } from '../builtins.js';
import {
  describeValue,
  isPlainObject,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  sizeRule,
  withDefault,
} from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';

/**
 * The columns that people know, over the inputs of the network: a column of text that was encoded
 * as one input per category is one column again.
 */

/** A column and how many inputs of the network it takes. */
export interface InputColumn {
  readonly name: string;
  /** Inputs of the network, side by side. */
  readonly inputs: number;
  /**
   * Whether the last of the inputs is 1 where the value is missing, and 0 elsewhere. What a row does not
   * say speaks neither for nor against it: a detector passes over the column there. Absent for false.
   */
  readonly missing?: true;
}

/** A column as a caller writes it: its name alone stands for one input. */
export type InputColumnOption =
  | string
  | {
      readonly name: string;
      readonly inputs?: number | undefined;
      readonly missing?: boolean | undefined;
    };

/** One column for each input, named by its number from 0. */
export function numberedColumns(inputSize: number): readonly InputColumn[] {
  return Array.from({ length: inputSize }, (_, index) => ({ name: String(index), inputs: 1 }));
}

/**
 * Checks columns against the inputs that they have to cover.
 *
 * @throws ArgumentError; ShapeError when they take more or fewer inputs.
 */
export function normaliseColumns(
  input: unknown,
  inputSize: number,
  path: string,
): readonly InputColumn[] {
  if (!isArray(input)) {
    throw new ArgumentError({
      path,
      expected: 'an array of names, or of objects with name and inputs',
      received: describeValue(input),
    });
  }
  // The first hole of a list that is too long is met before anything is made of it.
  const columns = Array.from(input, (column, index) =>
    normaliseColumn(column, `${path}[${index}]`),
  );
  const total = columns.reduce((sum, { inputs }) => sum + inputs, 0);
  if (total === inputSize) return Object.freeze(columns);
  throw new ShapeError({
    path,
    expected: `columns that take the ${inputSize} inputs of the network`,
    received: `${columns.length} columns that take ${total}`,
    remedy: 'Write { name, inputs } for a column that takes more than one input.',
  });
}

function normaliseColumn(input: unknown, path: string): InputColumn {
  if (typeof input === 'string') return Object.freeze({ name: input, inputs: 1 });
  if (!isPlainObject(input) || typeof input.name !== 'string') {
    throw new ArgumentError({
      path,
      expected: 'a name, or an object with name and inputs',
      received: describeValue(input),
    });
  }
  requireKnownKeys(input, ['name', 'inputs', 'missing'], path);
  const inputs = requireInteger(withDefault(input.inputs, 1), `${path}.inputs`, sizeRule);
  const missing = requireBoolean(withDefault(input.missing, false), `${path}.missing`);
  if (missing && inputs === 1) {
    throw new ArgumentError({
      path: `${path}.inputs`,
      expected: '2 or more, the last of which tells missing from present',
      received: '1',
    });
  }
  return Object.freeze({ name: input.name, inputs, ...(missing && { missing: true as const }) });
}

/** A column with the inputs from `start` to before `end`. */
export interface ColumnRange {
  readonly column: InputColumn;
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

export function* rangesOf(columns: readonly InputColumn[]): Generator<ColumnRange, void, void> {
  let start = 0;
  for (const [index, column] of columns.entries()) {
    const end = start + column.inputs;
    yield { column, index, start, end };
    start = end;
  }
}
