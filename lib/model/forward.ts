import { isFloat32Array, isUint8Array, plainView, trueLengthOf } from '../builtins.js';
import { notA } from '../checks.js';
import { type Matrix, requireWholeRows, rowSource } from '../data/matrix.js';
import type { RowSource } from '../data/rowSource.js';
import { requireLength } from '../data/rows.js';
import { DataError, rebaseError, ShapeError } from '../errors.js';
import { allocateNumbers } from '../memory.js';
import {
  awaitNative,
  callNative,
  fromNativeError,
  type NativeNetwork,
  type RowPredictor,
} from '../native.js';
import type { ResolvedPrediction } from './fitOptions.js';

/** The forward pass through a range of layers, cut so that the event loop stays free. */

export interface ForwardRule {
  readonly network: NativeNetwork;
  /** First layer, and one past the last. */
  readonly from: number;
  readonly to: number;
  readonly inputSize: number;
  readonly outputSize: number;
  /** Where the inputs stand, for errors. */
  readonly path: string;
}

export interface SyncForwardRule extends ForwardRule {
  readonly predictRows: RowPredictor;
}

/** Some rows before and after the pass. The inputs are valid until the next chunk is asked for. */
export interface ForwardChunk {
  readonly start: number;
  readonly rows: number;
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
}

/** Values that are converted, checked, copied and collected in about a millisecond. */
const valuesPerChunk = 2 ** 18;
/** The same of floats, which need no conversion. */
const floatsPerChunk = 2 ** 20;

/** Predictions take turns within a call of `forwardChunks`, not between calls. */
let seriesBegun = 0;

export async function forward(
  inputs: unknown,
  rule: ForwardRule,
  options: ResolvedPrediction,
): Promise<Matrix> {
  const source = rowSource(inputs, rule.inputSize, rule.path);
  if (source.rows > 0 && source.rows <= rowsPerChunk(source, rule)) {
    return forwardAtOnce(source, rule, options);
  }
  const result = allocate(source.rows, rule.outputSize);
  for await (const { start, outputs } of forwardChunks(source, rule, options)) {
    result.values.set(outputs, start * rule.outputSize);
  }
  return result;
}

/** The common case on a server, where very many may wait at once: holds next to nothing meanwhile. */
async function forwardAtOnce(
  source: RowSource,
  rule: ForwardRule,
  options: ResolvedPrediction,
): Promise<Matrix> {
  const { rows } = source;
  const { from, to, outputSize } = rule;
  if (source.load !== undefined) await source.load(0, rows);
  const outputs = await awaitNative(() =>
    predictRows(source, rule, { from, to, ...options }, 0, rows),
  );
  const result = allocate(rows, outputSize);
  result.values.set(outputs);
  return result;
}

/** Begins the prediction of some rows. */
function predictRows(
  source: RowSource,
  { network }: ForwardRule,
  options: Parameters<NativeNetwork['predict']>[2],
  start: number,
  end: number,
  inputs = floatsOf(source, start, end),
): Promise<Float32Array> {
  const outputs = callNative(() => network.predict(inputs, end - start, options));
  if (outputs === undefined) throw notFinite(inputs, source, start, end);
  return outputs.catch((error: unknown) => {
    throw placedError(fromNativeError(error), source.path, start);
  });
}

/** The core names a row of those that it was given, inputs[3][0] say; these may be some of the caller's. */
function placedError(error: unknown, path: string, start: number): unknown {
  return rebaseError(error, (place) =>
    place.replace(/^inputs\[(\d+)\]/, (_, row: string) => `${path}[${start + Number(row)}]`),
  );
}

/**
 * The same on the caller's thread: right for a few rows, where a thread costs more than the pass.
 *
 * @param output Filled and returned in the place of a new array; untouched when there is an error.
 */
export function forwardSync(inputs: unknown, rule: SyncForwardRule, output?: unknown): Matrix {
  if (isFloat32Array(inputs)) return forwardFloats(inputs, rule, output);
  const source = rowSource(inputs, rule.inputSize, rule.path);
  if (source.isDirect) return forwardFloats(floatsOf(source, 0, source.rows), rule, output);
  const { rows } = source;
  if (output !== undefined) outputOf(output, rows, rule);
  const result = allocate(rows, rule.outputSize);
  for (const [start, end] of chunksOf(source, rule)) {
    const floats = floatsOf(source, start, end);
    const to = rowsOf(result, start, end);
    if (!predictFloats(floats, to, rule, start)) throw notFinite(floats, source, start, end);
  }
  if (output === undefined) return result;
  // Only now: the inputs may lie in the same memory. And once more, as reading them may have run code of the
  // caller, which may have taken the memory away.
  const given = outputOf(output, rows, rule);
  plainView(given).set(result.values);
  return { ...result, values: given };
}

/** The common case on a server: nothing is made but the result, and that only when it is not given. */
function forwardFloats(inputs: Float32Array, rule: SyncForwardRule, output: unknown): Matrix {
  const { inputSize, outputSize, path } = rule;
  const rows = requireWholeRows(inputs.length, inputSize, path);
  const values =
    output === undefined ? allocateFloats(rows * outputSize) : outputOf(output, rows, rule);
  if (predictFloats(inputs, values, rule)) return { values, rows, columns: outputSize };
  const source = rowSource(inputs, inputSize, path);
  throw notFinite(floatsOf(source, 0, rows), source, 0, rows);
}

/** Whether the inputs are finite; otherwise nothing is written. */
function predictFloats(
  inputs: Float32Array,
  output: Float32Array,
  { predictRows, path }: SyncForwardRule,
  start = 0,
): boolean {
  try {
    return callNative(() => predictRows(inputs, output));
  } catch (error) {
    throw placedError(error, path, start);
  }
}

function rowsOf({ values, rows, columns }: Matrix, start: number, end: number): Float32Array {
  return end - start === rows ? values : values.subarray(start * columns, end * columns);
}

function outputOf(
  output: unknown,
  rows: number,
  { outputSize }: ForwardRule,
): Float32Array<ArrayBuffer> {
  const length = rows * outputSize;
  if (!isFloat32Array(output)) throw notA(`a Float32Array of ${length} values`, output, 'output');
  // Shared memory is filled as well as any other.
  const given = trueLengthOf(output);
  if (given === length) return output as Float32Array<ArrayBuffer>;
  throw new ShapeError({
    path: 'output',
    expected: `${rows} x ${outputSize} = ${length} values`,
    received: `${given}`,
    remedy: 'Give an array of exactly this length, `subarray` of a longer one say.',
  });
}

export async function* forwardChunks(
  source: RowSource,
  rule: ForwardRule,
  given: ResolvedPrediction,
): AsyncGenerator<ForwardChunk, void, void> {
  const { from, to } = rule;
  seriesBegun += 1;
  const options = { from, to, ...given, series: seriesBegun };
  const begin = async (start: number, end: number): Promise<ForwardChunk> => {
    if (source.load !== undefined) await source.load(start, end);
    const inputs = floatsOf(source, start, end);
    const { length } = inputs;
    const outputs = await awaitNative(() => predictRows(source, rule, options, start, end, inputs));
    requireLength(inputs, length, source.path);
    return { start, rows: end - start, inputs, outputs: plainView(outputs) };
  };
  yield* inTurn(chunksOf(source, rule), begin);
}

/** One piece of work is prepared while the one before it is done. */
async function* inTurn<Result>(
  pieces: Iterable<[start: number, end: number]>,
  begin: (start: number, end: number) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  let underWay: Promise<Result> | undefined;
  for (const [start, end] of pieces) {
    const next = begin(start, end);
    // Whoever stops before it is asked for would leave a failure that nobody hears of.
    next.catch(() => {});
    if (underWay) yield await underWay;
    underWay = next;
  }
  if (underWay) yield await underWay;
}

function rowsPerChunk(source: RowSource, rule: ForwardRule): number {
  const widest = Math.max(rule.inputSize, rule.outputSize);
  const values = source.isDirect ? floatsPerChunk : valuesPerChunk;
  const wanted = Math.max(1, Math.floor(values / widest));
  return source.isDirect ? wanted : Math.min(wanted, source.rowsPerSlice);
}

function* chunksOf(source: RowSource, rule: ForwardRule): Generator<[start: number, end: number]> {
  const step = rowsPerChunk(source, rule);
  for (let start = 0; start < source.rows; start += step) {
    yield [start, Math.min(source.rows, start + step)];
  }
}

/** A plain loop: `Float32Array.from` with a function goes through an iterator, many times slower. */
function scaledFloats(bytes: Uint8Array, { scale, offset }: RowSource): Float32Array {
  const floats = new Float32Array(bytes.length);
  for (let i = 0; i < floats.length; i++) floats[i] = (bytes[i] as number) * scale + offset;
  return floats;
}

/** The rows as float32, scaled. Floats that need neither are not copied. */
function floatsOf(source: RowSource, start: number, end: number): Float32Array {
  const values = source.slice(start, end);
  if (isUint8Array(values)) return scaledFloats(values, source);
  return isFloat32Array(values) ? values : new Float32Array(values);
}

/** All rows at once, for use before the next call. Whether they are finite is left to the core. */
export function allFloats(source: RowSource): Float32Array {
  const { rows, columns, rowsPerSlice } = source;
  if (rows <= rowsPerSlice) return floatsOf(source, 0, rows);
  const all = allocateFloats(rows * columns);
  for (let start = 0; start < rows; start += rowsPerSlice) {
    all.set(floatsOf(source, start, Math.min(rows, start + rowsPerSlice)), start * columns);
  }
  return all;
}

/** Names the first value that is not finite: as it was before it became a float32. */
function notFinite(floats: Float32Array, source: RowSource, start: number, end: number): DataError {
  const index = floats.findIndex((value) => !Number.isFinite(value));
  const row = start + Math.floor(index / source.columns);
  return new DataError({
    path: `${source.path}[${row}][${index % source.columns}]`,
    expected: 'a finite number of float32',
    received: String(source.slice(start, end)[index]),
    remedy: 'Replace or drop missing values before.',
  });
}

function allocate(rows: number, columns: number): Matrix {
  return { values: allocateFloats(rows * columns), rows, columns };
}

/** @throws MemoryError */
export function allocateFloats(length: number): Float32Array<ArrayBuffer> {
  return allocateNumbers(Float32Array, length, 'inputs', `${length} results`);
}
