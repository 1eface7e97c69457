import {
  describeValue,
  isPlainObject,
  joinPath,
  listOf,
  ownValue,
  remedyFor,
  requireChoice,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../checks.js';
import { fromSystemError } from '../data/bytes.js';
import { ArgumentError, DataError, FileFormatError, renamedError, ShapeError } from '../errors.js';
import { openSafetensors, type SafetensorsFile } from '../io/safetensors.js';
import { tensorPath } from '../io/safetensorsHeader.js';
import type { Parameter } from './parameter.js';

/** Weights out of safetensors files that other libraries have written, by the names that those gave them. */

/**
 * What a tensor of the model is called in the file; null leaves the tensor as it is, and undefined stands for the name that
 * it has here.
 */
export type WeightName = string | null | undefined;

/** How a file lays out the weights of dense layers. */
export type WeightLayout = (typeof layouts)[number];

const layouts = ['pytorch', 'keras'] as const;

export interface LoadWeightsOptions {
  /**
   * What each tensor of `model.parameters` is called in the file: an object by our names, or a function. A tensor that it
   * says nothing of has the same name there, and one with `null` is not loaded.
   *
   * @default the names that the tensors have here, which are those of PyTorch's `nn.Sequential`
   */
  readonly names?:
    | Readonly<Record<string, WeightName>>
    | ((name: string, parameter: Parameter) => WeightName)
    | undefined;
  /**
   * How the weights of dense layers lie in the file: `'pytorch'`, as here, [outputs, inputs]; `'keras'`, as in
   * TensorFlow and JAX, [inputs, outputs].
   *
   * @default `'pytorch'`
   */
  readonly layout?: WeightLayout | undefined;
}

/** What came of `model.loadWeights`. */
export interface LoadedWeights {
  /** Tensors of the model that were set. */
  readonly loaded: readonly string[];
  /** Tensors of the file that were not asked for, such as `1.num_batches_tracked`. */
  readonly ignored: readonly string[];
}

/** A tensor of the model with the one of the file that it is taken from. */
interface Match {
  readonly parameter: Parameter;
  readonly source: string;
  readonly transposed: boolean;
}

/**
 * Reads and checks all the tensors that are asked for; sets none.
 *
 * @returns The new values by the names of the parameters, and what was ignored.
 * @throws ArgumentError, ShapeError, DataError, FileFormatError
 */
export async function readWeights(
  path: string,
  parameters: readonly Parameter[],
  options: unknown,
): Promise<{ readonly values: ReadonlyMap<string, Float32Array>; readonly report: LoadedWeights }> {
  const { nameOf, layout } = resolveOptions(options, parameters);
  const file = await openWeights(path);
  try {
    // All are found before any is read.
    const matches = parameters.flatMap((parameter) => {
      const source = nameOf(parameter);
      return source === null ? [] : [matchOf(parameter, source, layout, file, path)];
    });
    const values = new Map<string, Float32Array>();
    for (const match of matches)
      values.set(match.parameter.name, await valuesOf(match, file, path));
    await file.requireUnchanged();
    const used = new Set(matches.map(({ source }) => source));
    const ignored = [...file.tensors.keys()].filter((name) => !used.has(name));
    return { values, report: { loaded: [...values.keys()], ignored } };
  } finally {
    await file.close();
  }
}

function resolveOptions(given: unknown, parameters: readonly Parameter[]) {
  const options = requireObject(given, 'options');
  requireKnownKeys(options, ['names', 'layout'], '');
  const layout = requireChoice(withDefault(options.layout, 'pytorch'), layouts, 'layout');
  return { layout, nameOf: namesOf(options.names, parameters) };
}

/** @throws ArgumentError */
function namesOf(
  names: unknown,
  parameters: readonly Parameter[],
): (parameter: Parameter) => string | null {
  const checked = (given: unknown, { name }: Parameter): string | null => {
    if (given === undefined) return name;
    if (given === null || typeof given === 'string') return given;
    throw new ArgumentError({
      path: joinPath('names', name),
      expected: 'the name of a tensor, or null',
      received: describeValue(given),
    });
  };
  if (names === undefined) return ({ name }) => name;
  if (typeof names === 'function') {
    return (parameter) => checked(names(parameter.name, parameter), parameter);
  }
  if (!isPlainObject(names)) {
    const expected = 'an object of names by the names of the parameters, or a function';
    throw new ArgumentError({ path: 'names', expected, received: describeValue(names) });
  }
  const known = parameters.map(({ name }) => name);
  for (const name of Object.keys(names)) {
    if (known.includes(name)) continue;
    throw new ArgumentError({
      path: joinPath('names', name),
      expected: `one of the parameters of the model, ${shortListOf(known)}`,
      received: 'another name',
      remedy: remedyFor(name, known) || 'The names of the model stand before those of the file.',
    });
  }
  return (parameter) => checked(ownValue(names, parameter.name), parameter);
}

/** Files of other libraries that hold weights too, by the ends of their names. */
const otherFormats = [
  {
    ending: /\.(pt|pth|bin|ckpt)$/i,
    remedy:
      'Save the weights as safetensors: safetensors.torch.save_file(model.state_dict(), "weights.safetensors").',
  },
  {
    ending: /\.(h5|hdf5|keras)$/i,
    remedy:
      'Save the weights as safetensors: safetensors.numpy.save_file({w.path: w.numpy() for w in model.weights}, "weights.safetensors").',
  },
] as const;

async function openWeights(path: string): Promise<SafetensorsFile> {
  try {
    return await openSafetensors(path);
  } catch (error) {
    const remedy = otherFormats.find(({ ending }) => ending.test(path))?.remedy;
    if (remedy === undefined || !(error instanceof FileFormatError)) {
      throw fromSystemError(error, path);
    }
    throw renamedError(error, { remedy });
  }
}

/** Whether a tensor is the weights of a layer of products, which two layouts are common for. */
function isKernel({ name, shape }: Parameter): boolean {
  const isEmbedding = /(^|\.)columns\.\d+\.weight$/.test(name);
  return shape.length === 2 && !isEmbedding;
}

/** @throws ArgumentError, ShapeError */
function matchOf(
  parameter: Parameter,
  source: string,
  layout: WeightLayout,
  file: SafetensorsFile,
  path: string,
): Match {
  const entry = file.tensors.get(source);
  if (entry === undefined) throw missing(parameter, source, file, path);
  const transposed = layout === 'keras' && isKernel(parameter);
  const wanted = transposed ? parameter.shape.toReversed() : parameter.shape;
  if (sameShape(entry.shape, wanted)) return { parameter, source, transposed };
  const fitsOtherwise = isKernel(parameter) && sameShape(entry.shape, wanted.toReversed());
  const other = layout === 'keras' ? 'pytorch' : 'keras';
  throw new ShapeError({
    path: tensorPath(path, source),
    expected: `shape [${wanted.join(', ')}] for ${parameter.name}`,
    received: `[${entry.shape.slice(0, 8).join(', ')}]`,
    remedy: fitsOtherwise
      ? `The other way round it fits: give layout: '${other}'.`
      : 'Build the model with the layers of the one whose weights these are, or say with names which tensor is meant.',
  });
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, index) => size === b[index]);
}

function missing(
  { name }: Parameter,
  source: string,
  { tensors }: SafetensorsFile,
  path: string,
): ArgumentError {
  const inFile = [...tensors.keys()];
  const nearest = remedyFor(source, inFile);
  return new ArgumentError({
    path: tensorPath(path, source),
    expected: `a tensor of this name, for ${name} of the model`,
    received: 'none',
    remedy:
      `${nearest} The file has ${shortListOf(inFile) || 'no tensors'}. Say what ${name} is called there: names: { '${name}': '…' }, or null to leave it as it is.`.trim(),
  });
}

/** A list whose length the reader of an error bears. */
function shortListOf(names: readonly string[]): string {
  const shown = names
    .slice(0, 12)
    .map((name) => (name.length > 80 ? `${name.slice(0, 79)}…` : name));
  const more = names.length - shown.length;
  return more > 0 ? listOf([...shown, `${more} more`]) : listOf(shown);
}

/** @throws FileFormatError for other types than those of floating-point numbers; DataError */
async function valuesOf(
  { parameter, source, transposed }: Match,
  file: SafetensorsFile,
  path: string,
): Promise<Float32Array> {
  const values = await file.readFloats(source);
  requireUsable(values, parameter, tensorPath(path, source));
  return transposed ? transposedOf(values, parameter.shape as readonly [number, number]) : values;
}

/** What the core would refuse is refused before the first tensor is set. */
function requireUsable(values: Float32Array, { name }: Parameter, path: string): void {
  const isVariance = /(^|\.)running_var$/.test(name);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (Number.isFinite(value) && (!isVariance || value >= 0)) continue;
    throw new DataError({
      path: `${path}[${index}]`,
      expected: isVariance ? 'a finite variance of at least 0' : 'a finite number of float32',
      received: String(value),
    });
  }
}

/** @param shape [rows, columns] of what is given back; the values are [columns, rows]. */
export function transposedOf(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
): Float32Array<ArrayBuffer> {
  const transposed = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[row * columns + column] = values[column * rows + row] as number;
    }
  }
  return transposed;
}
