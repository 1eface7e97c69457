import {
  isArray,
  isBigIntArray,
  isFloat32Array,
  isFloat64Array,
  isInt32Array,
  isNumberArray,
  isUint8Array,
  type NumberArray,
} from '../builtins.js';
import { describeValue, listOf, remedyFor } from '../checks.js';
import { ArgumentError, DataError, ShapeError } from '../errors.js';
import type { LossDescription } from '../native.js';
import { FileRows } from './fileRows.js';
import { numberFileSource } from './fileSource.js';
import { type Inputs, isMatrixLike, type MatrixInput, type Row, rowSource } from './matrix.js';
import { copiesOfBooleans, copiesOfNumbers, valuesPerCopy, viewsOf } from './rows.js';

/**
 * What a network is to learn for each row: the number of a class (0, 1, …, or false and true), the name of
 * a class (with the option `classes`), a row of numbers (one-hot or real), or, for a network of one output, a
 * number.
 */
export type Targets =
  | readonly number[]
  | readonly boolean[]
  | readonly string[]
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | readonly Row[]
  | MatrixInput
  | FileRows;

/** Targets after their shape is checked: what the copy into native memory reads from. */
export interface TargetSource {
  readonly target: 'none' | 'input' | 'classes' | 'matrix';
  /** Classes, or columns of the matrix. */
  readonly targetColumns?: number;
  readonly path: string;
  readonly rowsPerSlice: number;
  slice(start: number, end: number): Float32Array | Float64Array | Int32Array;
  /** Has to be awaited before such a slice, where the targets lie in a file. */
  load?(start: number, end: number): Promise<void>;
}

/** What the network and its loss want. */
export interface TargetRule {
  readonly loss: LossDescription;
  readonly rows: number;
  readonly outputSize: number;
  readonly classes?: readonly string[] | undefined;
  readonly path: string;
  /** Where the classes stand. */
  readonly classesPath: string;
}

/** The inputs are the targets: what an autoencoder learns. */
export const inputsAsTargets: TargetSource = {
  target: 'input',
  path: 'inputs',
  rowsPerSlice: Number.MAX_SAFE_INTEGER,
  slice: () => new Float32Array(0),
};

/**
 * Finds out which form the targets have and checks their shape against the inputs and the loss.
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export function targetSource(targets: unknown, rule: TargetRule): TargetSource {
  const classes = requireClasses(rule);
  if (FileRows.isFileRows(targets)) return fileTargets(targets, rule);
  if (isMatrixLike(targets) || isNested(targets)) return matrixTargets(targets, rule);
  if (!isFlat(targets)) throw unknownForm(targets, rule);
  requireSameRows(targets.length, rule);
  if (isNumberArray(targets)) return numberTargets(targets, rule);
  if (typeof targets[0] === 'string') return namedTargets(targets, classes, rule);
  const path = rule.path;
  return sourceOfNumbers(
    typeof targets[0] === 'boolean'
      ? copiesOfBooleans(targets, path)
      : copiesOfNumbers(targets, path),
    rule,
  );
}

/** A single column is one number for each row, as a flat array is. */
function fileTargets(targets: FileRows, rule: TargetRule): TargetSource {
  if (targets.columns > 1) return matrixTargets(targets, rule);
  requireSameRows(targets.rows, rule);
  const { slice, load, rowsPerSlice } = numberFileSource(targets, rule.path);
  return { ...sourceOfNumbers(slice, rule), load, rowsPerSlice };
}

function requireClasses({
  classes,
  outputSize,
  classesPath: at,
}: TargetRule): readonly string[] | undefined {
  if (classes === undefined) return undefined;
  if (!isArray(classes)) {
    throw new ArgumentError({
      path: at,
      expected: 'the names of the classes, strings',
      received: describeValue(classes),
      remedy:
        'Give the classes of the rows as targets, and here their names in the order of the outputs.',
    });
  }
  // A single output tells two classes apart.
  const expected = outputSize === 1 ? 2 : outputSize;
  if (classes.length === expected) return requireDistinct(classes, at);
  throw new ShapeError({
    path: at,
    expected: `${expected} classes for ${outputSize} outputs`,
    received: `${classes.length}`,
    remedy: 'Give the last layer one unit per class, or a single sigmoid for two classes.',
  });
}

function requireDistinct(classes: readonly unknown[], path: string): readonly string[] {
  const names = new Set<string>();
  for (const [index, name] of classes.entries()) {
    if (typeof name !== 'string') {
      const received = describeValue(name);
      throw new ArgumentError({ path: `${path}[${index}]`, expected: 'a string', received });
    }
    if (names.has(name)) {
      throw new ArgumentError({ path, expected: 'each class once', received: `'${name}' twice` });
    }
    names.add(name);
  }
  return [...names];
}

function isNested(targets: unknown): targets is readonly Row[] {
  if (!isArray(targets)) return false;
  const first: unknown = targets[0];
  return isArray(first) || ArrayBuffer.isView(first);
}

function isFlat(targets: unknown): targets is unknown[] | NumberArray {
  return isArray(targets) || isNumberArray(targets);
}

function unknownForm(targets: unknown, { path }: TargetRule): ArgumentError {
  return new ArgumentError({
    path,
    expected: 'class numbers, class names, numbers or rows of numbers',
    received: describeValue(targets),
    remedy: isBigIntArray(targets) ? 'Write Int32Array.from(targets, Number).' : '',
  });
}

function requireSameRows(received: number, { rows, path, outputSize, loss }: TargetRule): void {
  if (received === rows) return;
  const isFlatMatrix = received === rows * outputSize && loss.targets !== 'classes';
  throw new ShapeError({
    path,
    expected: `${rows} targets, one for each row of the inputs`,
    received: `${received}`,
    remedy: isFlatMatrix ? `Write matrix(targets, ${rows}, ${outputSize}).` : '',
  });
}

function matrixTargets(targets: Inputs, rule: TargetRule): TargetSource {
  const { loss, rows, outputSize, path } = rule;
  if (loss.targets === 'classes') {
    throw new ArgumentError({
      path,
      expected: `class numbers for the loss '${loss.name}'`,
      received: describeValue(targets),
    });
  }
  const source = rowSource(targets, outputSize, path);
  if (source.rows !== rows) {
    throw new ShapeError({
      path,
      expected: `${rows} rows, as many as the inputs`,
      received: `${source.rows}`,
    });
  }
  const rowsPerSlice = Math.min(source.rowsPerSlice, rowsIn(outputSize));
  const slice = (start: number, end: number) => asFloats(source.slice(start, end), source);
  const { load } = source;
  const loading = load === undefined ? {} : { load };
  const shape = { target: 'matrix', targetColumns: outputSize, path, rowsPerSlice } as const;
  return checked({ ...shape, slice, ...loading }, loss);
}

/** Bytes as numbers: the core keeps only inputs as bytes. */
function asFloats(
  values: Float32Array | Float64Array | Uint8Array,
  { scale, offset }: { readonly scale: number; readonly offset: number },
): Float32Array | Float64Array {
  if (!isUint8Array(values)) return values;
  return Float64Array.from(values, (byte) => byte * scale + offset);
}

function namedTargets(
  names: readonly unknown[],
  classes: readonly string[] | undefined,
  rule: TargetRule,
): TargetSource {
  if (classes === undefined) {
    throw new ArgumentError({
      path: rule.classesPath,
      expected: 'the list of classes, because the targets are names',
      received: 'nothing',
      remedy: `Add classes: ${exampleOf(names)}.`,
    });
  }
  const numbers = new Map<unknown, number>(classes.map((name, index) => [name, index]));
  const numberOf = (row: number): number => {
    const name = names[row];
    const number = numbers.get(name);
    if (number !== undefined) return number;
    throw new DataError({
      path: `${rule.path}[${row}]`,
      expected: `one of the classes ${listOf(classes.slice(0, 12).map((each) => `'${each}'`))}`,
      received: describeValue(name),
      remedy: typeof name === 'string' ? remedyFor(name, classes) : '',
    });
  };
  const toNumbers: NumberSlice = (start, end) => {
    const values = new Int32Array(end - start);
    for (let index = 0; index < values.length; index++) values[index] = numberOf(start + index);
    return values;
  };
  return sourceOfNumbers(toNumbers, rule);
}

function exampleOf(names: readonly unknown[]): string {
  const distinct = [...new Set(names)].slice(0, 4).map(describeValue);
  return `[${distinct.join(', ')}${distinct.length === 4 ? ', …' : ''}]`;
}

function numberTargets(values: NumberArray, rule: TargetRule): TargetSource {
  const slices = viewsOf(values, rule.path);
  return sourceOfNumbers((start, end) => {
    const numbers = slices(start, end);
    const isTaken = isFloat32Array(numbers) || isFloat64Array(numbers) || isInt32Array(numbers);
    // The core takes no others.
    return isTaken ? numbers : new Float64Array(numbers);
  }, rule);
}

type NumberSlice = TargetSource['slice'];

/** One number for each row: a class where the loss knows classes, else a column of its own. */
function sourceOfNumbers(slice: NumberSlice, rule: TargetRule): TargetSource {
  const { loss, outputSize, path } = rule;
  const areClasses = loss.targets === 'classes' || (loss.targets === 'either' && outputSize > 1);
  const shape = { path, rowsPerSlice: valuesPerCopy, targetColumns: outputSize };
  if (areClasses) return { ...shape, target: 'classes', slice };
  if (outputSize > 1) throw wantsMatrix(rule);
  const toFloats: NumberSlice = (start, end) => {
    const numbers = slice(start, end);
    return isInt32Array(numbers) ? Float64Array.from(numbers) : numbers;
  };
  return checked({ ...shape, target: 'matrix', slice: toFloats }, loss);
}

function wantsMatrix({ loss, outputSize, path }: TargetRule): ShapeError {
  return new ShapeError({
    path,
    expected: `rows of ${outputSize} numbers for the loss '${loss.name}'`,
    received: 'one number for each row',
    remedy:
      "For classes end the network with softmax and use the loss 'crossEntropy'; " +
      'for one number give the last layer 1 unit.',
  });
}

function rowsIn(columns: number): number {
  return Math.max(1, Math.floor(valuesPerCopy / columns));
}

/** Targets that stand for probabilities have to be some: the gradient is wrong for others. */
function checked(source: TargetSource, loss: LossDescription): TargetSource {
  if (loss.output === null) return source;
  const sumsToOne = loss.output === 'softmax';
  const rule = { path: source.path, columns: source.targetColumns ?? 1, loss: loss.name };
  return {
    ...source,
    slice(start, end) {
      const values = source.slice(start, end);
      requireShares(values, start, rule);
      if (sumsToOne) requireSums(values, start, rule);
      return values;
    },
  };
}

type CoreNumbers = Float32Array | Float64Array | Int32Array;

interface ProbabilityRule {
  readonly path: string;
  readonly columns: number;
  readonly loss: string;
}

function requireShares(values: CoreNumbers, start: number, rule: ProbabilityRule): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    // NaN fails this comparison too.
    if (value >= 0 && value <= 1) continue;
    const { path, columns, loss } = rule;
    const row = `${path}[${start + Math.floor(index / columns)}]`;
    throw new DataError({
      path: columns === 1 ? row : `${row}[${index % columns}]`,
      expected: `a number from 0 to 1 for the loss '${loss}'`,
      received: String(value),
    });
  }
}

function requireSums(values: CoreNumbers, start: number, { path, columns }: ProbabilityRule): void {
  for (let first = 0; first < values.length; first += columns) {
    let sum = 0;
    for (let index = first; index < first + columns; index++) sum += values[index] as number;
    if (Math.abs(sum - 1) < 1e-3) continue;
    throw new DataError({
      path: `${path}[${start + first / columns}]`,
      expected: 'probabilities that sum to 1',
      received: `a sum of ${sum}`,
      remedy: 'Give one-hot rows, or the numbers of the classes.',
    });
  }
}
