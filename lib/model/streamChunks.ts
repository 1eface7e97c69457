import { isArray, isFloat32Array, isFloat64Array } from '../builtins.js';
import { describeValue, isPlainObject, ownValue, requireKnownKeys } from '../checks.js';
import { DataError } from '../errors.js';

/** What a kind of model takes of a stream at a time, in the form in which it takes data. */
export interface ChunkForm {
  /** Whether a chunk is a single row. */
  isRow(chunk: unknown): boolean;
  /** A row that stays as it is, whatever the stream fills the same arrays with next. */
  keep(row: unknown): unknown;
  /**
   * Single rows as data.
   *
   * @param outputs The names of the outputs; empty for the only one.
   * @throws DataError with the path of the row.
   */
  together(rows: readonly unknown[], outputs: readonly string[]): unknown;
  /** Whether a chunk may be data: its parts are looked at later. */
  isData(chunk: unknown): boolean;
  /** Whether names of classes belong to the data. */
  readonly hasClasses: boolean;
  /** What chunks are, as an error says it. */
  readonly expected: string;
  /** What a single row is, as a remedy says it. */
  readonly single: string;
}

/** Rows with what is to be learnt for each. */
export const supervisedChunks: ChunkForm = {
  isRow: isSingle,
  keep: keptRow,
  together(rows, outputs) {
    const list = singleRows(rows, ['input', 'target', 'weight']);
    const targets = list.map(({ target }) => target);
    return {
      inputs: list.map(({ input }) => input),
      targets: outputs.includes('') ? targets : byOutput(targets, outputs),
      weights: weightsOf(list),
    };
  },
  isData: isPlainObject,
  hasClasses: true,
  expected: '{ input, target }, an array of such rows, or { inputs, targets }',
  single: '{ input: [1, 2], target: 0 }',
};

/** Rows that are to be given back. */
export const inputChunks: ChunkForm = {
  isRow: (chunk) => isSingle(chunk) || (isArray(chunk) && typeof chunk[0] === 'number'),
  keep: (row) => (isSingle(row) ? keptRow(row) : copyOf(row)),
  together(rows) {
    if (!rows.some(isSingle)) return rows;
    const list = singleRows(rows, ['input', 'weight']);
    return { inputs: list.map(({ input }) => input), weights: weightsOf(list) };
  },
  isData: (chunk) => typeof chunk === 'object' && chunk !== null,
  hasClasses: false,
  expected: 'a row, an array of rows, a matrix, fileRows, { input, weight } or { inputs, weights }',
  single: '[1, 2] or { input: [1, 2], weight: 1 }',
};

type SingleRow = Record<string, unknown>;

function isSingle(chunk: unknown): chunk is SingleRow {
  return isPlainObject(chunk) && 'input' in chunk;
}

/** Of several outputs the target is an object with those of each. */
function keptRow(row: unknown): unknown {
  const { target, ...rest } = row as SingleRow;
  const kept = { ...rest, input: copyOf(rest.input) };
  if (target === undefined) return kept;
  if (!isPlainObject(target)) return { ...kept, target: copyOf(target) };
  const targets = Object.entries(target).map(([name, own]) => [name, copyOf(own)] as const);
  return { ...kept, target: Object.fromEntries(targets) };
}

function copyOf(values: unknown): unknown {
  if (isArray(values)) return [...values];
  return isFloat32Array(values) || isFloat64Array(values) ? values.slice() : values;
}

function singleRows(rows: readonly unknown[], keys: readonly string[]): readonly SingleRow[] {
  return rows.map((row, index) => {
    if (!isSingle(row)) {
      throw new DataError({
        path: `[${index}]`,
        expected: `a row { ${keys.slice(0, -1).join(', ')} }`,
        received: describeValue(row),
      });
    }
    requireKnownKeys(row, keys, `[${index}]`);
    return row;
  });
}

function byOutput(
  targets: readonly unknown[],
  outputs: readonly string[],
): Readonly<Record<string, readonly unknown[]>> {
  for (const [index, target] of targets.entries()) {
    if (isPlainObject(target)) requireKnownKeys(target, outputs, `[${index}].target`);
    else {
      throw new DataError({
        path: `[${index}].target`,
        expected: `an object with the targets of ${outputs.join(', ')}`,
        received: describeValue(target),
      });
    }
  }
  const of = (name: string) => targets.map((target) => ownValue(target as SingleRow, name));
  return Object.fromEntries(outputs.map((name) => [name, of(name)]));
}

function weightsOf(rows: readonly SingleRow[]): readonly unknown[] | undefined {
  if (rows.every(({ weight }) => weight === undefined)) return undefined;
  return rows.map(({ weight }) => weight);
}
