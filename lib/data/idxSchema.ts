import { isFloat32Array, isFloat64Array, isUint8Array } from '../builtins.js';
import { describeValue, isPlainObject } from '../checks.js';
import { DataError, FileFormatError } from '../errors.js';
import type { IdxReader, IdxType, IdxValues } from './idx.js';
import { type MatrixInput, matrix } from './matrix.js';

/** What a model has to know about the images it was trained on. Plain JSON, saved inside the model. */
export interface IdxSchema extends IdxScaling {
  readonly kind: 'idx';
  readonly valueType: IdxType;
  /** Sizes of one item without the count of items: [28, 28] for MNIST. */
  readonly shape: readonly number[];
  /** Names of the classes, which are the labels in their order; null for an autoencoder. */
  readonly classes: readonly string[] | null;
}

const valueTypes: readonly IdxType[] = ['uint8', 'int8', 'int16', 'int32', 'float32', 'float64'];

/** An input is (value - center) × scale + offset. */
export interface IdxScaling {
  readonly scale: number;
  readonly offset: number;
  /** Subtracted first, where values are so large beside their spread that `offset` would round it away. */
  readonly center?: number;
}

/** Beyond this quotient of mean and deviation, value × scale + offset loses what a float32 can tell. */
const largestOffset = 2 ** 20;

/**
 * Bytes are brought to 0…1, as grey levels are; all other types are standardised as a whole.
 *
 * @param path how errors call the file
 * @throws DataError for values whose spread no double holds
 */
export function scalingOfValues(values: IdxValues, path: string): IdxScaling {
  if (isUint8Array(values)) return { scale: 1 / 255, offset: 0 };
  let mean = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const difference = value - mean;
    mean += difference / (index + 1);
    squares += difference * (value - mean);
  }
  const deviation = Math.sqrt(squares / values.length) || 1;
  if (!Number.isFinite(1 / deviation) || !Number.isFinite(deviation)) throw tooLarge(path);
  if (Math.abs(mean / deviation) > largestOffset) {
    return { scale: 1 / deviation, offset: 0, center: mean };
  }
  return { scale: 1 / deviation, offset: -mean / deviation };
}

/** The items as inputs; no digit is lost before they are scaled. */
export function inputsOfItems(
  values: IdxValues,
  itemSize: number,
  { scale, offset, center = 0 }: IdxScaling,
): MatrixInput {
  const exact = center === 0 ? matrixValues(values) : Float64Array.from(values, (v) => v - center);
  return matrix(exact, values.length / itemSize, itemSize, { scale, offset });
}

/** The type that holds them all: bytes and floats as they are, integers as floats that are wide enough. */
function matrixValues(values: IdxValues): Uint8Array | Float32Array | Float64Array {
  if (isUint8Array(values) || isFloat32Array(values) || isFloat64Array(values)) return values;
  const isNarrow = values.every((value) => Math.abs(value) <= 2 ** 24);
  return isNarrow ? Float32Array.from(values) : Float64Array.from(values);
}

const largestFloat32 = 3.4e38;

/**
 * Refuses what no network can take, by file and item.
 *
 * @param firstItem the number of the first of these items in the file
 * @throws DataError (path `file[item][row][column]`)
 */
export function requireFiniteItems(
  values: IdxValues,
  { path, dimensions, itemSize }: Pick<IdxReader, 'path' | 'dimensions' | 'itemSize'>,
  { scale, offset, center = 0 }: IdxScaling = { scale: 1, offset: 0 },
  firstItem = 0,
): void {
  if (!isFloat32Array(values) && !isFloat64Array(values)) return;
  // Values that are finite, but too large for the network, are known once they are scaled.
  const isFine = (value: number): boolean =>
    Math.abs((value - center) * scale + offset) <= largestFloat32;
  const index = values.findIndex((value) => !isFine(value));
  if (index === -1) return;
  const item = firstItem + Math.floor(index / itemSize);
  const place = placeInItem(index % itemSize, dimensions.slice(1));
  throw new DataError({
    path: `${path}[${item}]${place.map((at) => `[${at}]`).join('')}`,
    expected: 'a finite number of ordinary size',
    received: String(values[index]),
    remedy: `Correct item ${item}, counted from 0, or leave it out.`,
  });
}

/** The place of a value in its item, row and column say, from 0. */
export function placeInItem(index: number, shape: readonly number[]): number[] {
  const places: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return places;
}

function tooLarge(path: string): DataError {
  return new DataError({
    path,
    expected: 'values of ordinary size',
    received: 'a spread that no number holds',
    remedy: 'Rescale the values.',
  });
}

/**
 * Checks that a file holds items as the model was trained on.
 *
 * @throws FileFormatError
 */
export function requireSameItems(schema: IdxSchema, reader: IdxReader): void {
  const shape = reader.dimensions.slice(1);
  if (shape.join() === schema.shape.join() && reader.type === schema.valueType) return;
  throw new FileFormatError({
    path: reader.path,
    expected: `items as in training: ${describeItems(schema.shape, schema.valueType)}`,
    received: describeItems(shape, reader.type),
  });
}

function describeItems(shape: readonly number[], type: string): string {
  return `${shape.join(' x ') || 'single'} values of type ${type}`;
}

/**
 * Checks a schema that was read from a model: a file is not to be trusted.
 *
 * @param path how errors call the model
 * @throws FileFormatError
 */
export function parseIdxSchema(value: unknown, path: string): IdxSchema {
  const { valueType, shape, scale, offset, center, classes } = isPlainObject(value) ? value : {};
  const type = valueTypes.find((name) => name === valueType);
  if (type === undefined) throw invalid(`${path}.valueType`, 'a type of IDX values', valueType);
  if (!isListOf(shape, isSize)) throw invalid(`${path}.shape`, 'a list of sizes', shape);
  if (!isFiniteNumber(scale)) throw invalid(`${path}.scale`, 'a finite number', scale);
  if (!isFiniteNumber(offset)) throw invalid(`${path}.offset`, 'a finite number', offset);
  if (center !== undefined && !isFiniteNumber(center)) {
    throw invalid(`${path}.center`, 'a finite number', center);
  }
  if (classes !== null && !isListOf(classes, (name) => typeof name === 'string')) {
    throw invalid(`${path}.classes`, 'a list of names or null', classes);
  }
  const scaling = { scale, offset, ...(center !== undefined && { center }) };
  return { kind: 'idx', valueType: type, shape, ...scaling, classes };
}

function isListOf<Item>(
  value: unknown,
  isItem: (item: unknown) => item is Item,
): value is readonly Item[] {
  return Array.isArray(value) && value.every(isItem);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function invalid(path: string, expected: string, value: unknown): FileFormatError {
  return new FileFormatError({
    path,
    expected,
    received: describeValue(value),
    remedy: 'The model was not written by `layerwise train`, or it is damaged.',
  });
}
