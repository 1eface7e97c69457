import { isFloat32Array, isFloat64Array, isUint8Array } from '../builtins.js';
import { ArgumentError } from '../errors.js';
import type { FileRows } from './fileRows.js';
import type { RowSource } from './rowSource.js';

/** Rows in a file as data in slices, for what the core does not read by itself. */

/** What is read of a file at a time. */
const bytesPerRead = 2 ** 20;

/** Two slices may be under way at a time, and one be looked at again. */
const slicesKept = 3;

type Numbers = Awaited<ReturnType<FileRows['read']>>;

/** Slices that were read before they are asked for. */
class LoadedSlices {
  readonly #rows: FileRows;
  readonly #path: string;
  readonly #slices = new Map<number, Numbers>();

  constructor(rows: FileRows, path: string) {
    this.#rows = rows;
    this.#path = path;
  }

  async load(start: number, end: number): Promise<void> {
    const numbers = await this.#rows.read(start, end);
    this.#slices.delete(start);
    this.#slices.set(start, numbers);
    const [oldest] = this.#slices.keys();
    if (this.#slices.size > slicesKept && oldest !== undefined) this.#slices.delete(oldest);
  }

  /** @throws ArgumentError where nobody could wait for the file. */
  at(start: number): Numbers {
    const numbers = this.#slices.get(start);
    if (numbers !== undefined) return numbers;
    throw new ArgumentError({
      path: this.#path,
      expected: 'rows in memory',
      received: 'rows in a file',
      remedy: 'Give them to calls that are awaited: `fit`, `evaluate`, `predict` and its like.',
    });
  }
}

function rowsPerRead(rows: FileRows): number {
  return Math.max(1, Math.floor(bytesPerRead / (rows.columns * 8)));
}

export function fileSource(rows: FileRows, path: string): RowSource {
  const slices = new LoadedSlices(rows, path);
  const areBytes = rows.type === 'uint8';
  return {
    rows: rows.rows,
    columns: rows.columns,
    path,
    inputType: areBytes ? 'uint8' : 'float32',
    scale: areBytes ? rows.scale : 1,
    offset: areBytes ? rows.offset : 0,
    rowsPerSlice: rowsPerRead(rows),
    isDirect: false,
    file: rows.native(path),
    load: (start, end) => slices.load(start, end),
    slice(start) {
      const numbers = slices.at(start);
      return isUint8Array(numbers) ? numbers : scaledNumbers(numbers, rows);
    },
  };
}

/** One number for each row, scaled: class numbers, targets, weights. */
export interface NumberFileSource {
  readonly rowsPerSlice: number;
  load(start: number, end: number): Promise<void>;
  slice(start: number, end: number): Float32Array | Float64Array;
}

/** Of rows of one column. */
export function numberFileSource(rows: FileRows, path: string): NumberFileSource {
  const slices = new LoadedSlices(rows, path);
  return {
    rowsPerSlice: rowsPerRead(rows),
    load: (start, end) => slices.load(start, end),
    slice: (start) => scaledNumbers(slices.at(start), rows),
  };
}

function scaledNumbers(numbers: Numbers, { scale, offset }: FileRows): Float32Array | Float64Array {
  if (scale !== 1 || offset !== 0) {
    return Float64Array.from(numbers, (number) => number * scale + offset);
  }
  return isFloat32Array(numbers) || isFloat64Array(numbers) ? numbers : Float64Array.from(numbers);
}
