import { isFloat32Array, isFloat64Array, isUint8Array } from '../builtins.js';
import { describeValue, isPlainObject } from '../checks.js';
import { FileFormatError } from '../errors.js';
import type { IdxReader, IdxType, IdxValues } from './idx.js';

/** What a model has to know about the images it was trained on. Plain JSON, saved inside the model. */
export interface IdxSchema {
  readonly kind: 'idx';
  readonly valueType: IdxType;
  /** Sizes of one item without the count of items: [28, 28] for MNIST. */
  readonly shape: readonly number[];
  /** An input is value × scale + offset. */
  readonly scale: number;
  readonly offset: number;
  /** Names of the classes, which are the labels in their order; null for an autoencoder. */
  readonly classes: readonly string[] | null;
}

const valueTypes: readonly IdxType[] = ['uint8', 'int8', 'int16', 'int32', 'float32', 'float64'];

/** Bytes are brought to 0…1, as grey levels are; all other types are standardised as a whole. */
export function scalingOfValues(values: IdxValues): { scale: number; offset: number } {
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
  return { scale: 1 / deviation, offset: -mean / deviation };
}

/** Types that a matrix can hold: bytes and floats as they are, the others as Float32Array. */
export function asMatrixValues(values: IdxValues): Uint8Array | Float32Array | Float64Array {
  if (isUint8Array(values)) return values;
  if (isFloat32Array(values) || isFloat64Array(values)) return values;
  return Float32Array.from(values);
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
  const { valueType, shape, scale, offset, classes } = isPlainObject(value) ? value : {};
  const type = valueTypes.find((name) => name === valueType);
  if (type === undefined) throw invalid(`${path}.valueType`, 'a type of IDX values', valueType);
  if (!isListOf(shape, isSize)) throw invalid(`${path}.shape`, 'a list of sizes', shape);
  if (!isFiniteNumber(scale)) throw invalid(`${path}.scale`, 'a finite number', scale);
  if (!isFiniteNumber(offset)) throw invalid(`${path}.offset`, 'a finite number', offset);
  if (classes !== null && !isListOf(classes, (name) => typeof name === 'string')) {
    throw invalid(`${path}.classes`, 'a list of names or null', classes);
  }
  return { kind: 'idx', valueType: type, shape, scale, offset, classes };
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
